import type { AccessGraph } from "../../baton/access/graph.ts";
import type { Held } from "../../baton/access/held.ts";
import { isAdministrative } from "../../baton/access/reach.ts";
import { type Finding, SEVERITIES, type Severity } from "../../baton/model/finding.ts";
import { type ResourceKey, resourceKey } from "../../baton/model/ids.ts";
import type { ItemFinding } from "./item.ts";
import { ownerOf } from "./secrets.ts";

/** Whether a severity is as bad as another, or worse. */
export function isAsBad(severity: Severity, least: Severity): boolean {
  return SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(least);
}

/** Findings by what they are about. */
export class FindingIndex {
  readonly #bySubject = new Map<string, Finding[]>();

  constructor(findings: readonly Finding[]) {
    for (const finding of findings) {
      const key = keyOf(finding.subject);
      const known = this.#bySubject.get(key);
      if (known === undefined) this.#bySubject.set(key, [finding]);
      else known.push(finding);
    }
  }

  /** What was found of an access: of its holder (where the way leads to it, or nowhere in particular), or of the resource. */
  of(held: Held): ItemFinding[] {
    const ofHolder = this.#ofHolder(held, true);
    const ofResource = this.#bySubject.get(keyOf(held.resource)) ?? [];
    return worstFirst([...ofHolder, ...ofResource]);
  }

  /** The worst that was found of an access' holder and leads to other access; of `least` or worse. */
  elsewhere(held: Held, least: Severity): ItemFinding | undefined {
    return worstFirst(this.#ofHolder(held, false).filter(({ severity }) => isAsBad(severity, least)))[0];
  }

  #ofHolder(held: Held, isAbout: boolean): Finding[] {
    const known = this.#bySubject.get(keyOf(held.principal));
    if (known === undefined) return [];
    const leads = new Set([keyOf(held.resource), ...held.paths.flatMap(({ via }) => via.map(keyOf))]);
    return known.filter(({ path }) => (path.length === 0 || path.some((one) => leads.has(keyOf(one)))) === isAbout);
  }
}

function worstFirst(findings: readonly Finding[]): ItemFinding[] {
  return findings
    .map(({ rule, severity, what }) => ({ rule: rule.id, severity, what }))
    .sort((a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) || (a.rule < b.rule ? -1 : 1));
}

/**
 * The access that findings are about, in or out of scope: what their subject holds on the way that they name, or, where
 * they name none, what of it decides over others; and who holds what is the subject itself.
 */
export function* foundAccess(graph: AccessGraph, findings: readonly Finding[]): Generator<Held> {
  const subjects = new Map<string, { subject: ResourceKey; leads: Set<string> | undefined }>();
  for (const { subject, path } of findings) {
    const key = keyOf(subject);
    const known = subjects.get(key) ?? { subject, leads: new Set<string>() };
    if (path.length === 0) known.leads = undefined;
    else for (const one of path) known.leads?.add(keyOf(one));
    subjects.set(key, known);
  }
  for (const { subject, leads } of subjects.values()) {
    for (const held of graph.reach(ownerOf(graph.content, subject) ?? subject)) {
      if (leads === undefined ? isAdministrative(held.resource.type) : leads.has(keyOf(held.resource))) yield held;
    }
    for (const { id } of graph.content.entitlements(subject)) if (!id.endsWith(":owner")) yield* graph.holders(id);
  }
}

function keyOf({ type, id }: ResourceKey): string {
  return resourceKey(type, id);
}
