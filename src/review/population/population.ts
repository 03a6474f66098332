import { AccessGraph } from "../../baton/access/graph.ts";
import type { Held } from "../../baton/access/held.ts";
import { Names } from "../../baton/access/names.ts";
import { isAdministrative } from "../../baton/access/reach.ts";
import { whyText } from "../../baton/access/why.ts";
import type { Finding, Severity } from "../../baton/model/finding.ts";
import { resourceKey } from "../../baton/model/ids.ts";
import type { SyncContent } from "../../baton/snapshot/content.ts";
import { canonicalJson, sha256 } from "../record/canonical.ts";
import { ReviewerChoice, type ReviewerSettings } from "../reviewers/choose.ts";
import type { EarlierReview } from "./earlier.ts";
import { FindingIndex, foundAccess, isAsBad } from "./findings.ts";
import { type GrantHistory, grantDetails } from "./grant-details.ts";
import { type AccountKind, type Item, itemId } from "./item.ts";
import { People, type ProfileWords, USER } from "./people.ts";
import { recommend } from "./recommend.ts";
import { Remedies } from "./remedy.ts";
import { RoleAssignments } from "./role-assignments.ts";
import { entitlementsIn } from "./scope.ts";
import { type HeldBySecret, ownerPath, Secrets } from "./secrets.ts";

/** What a population is made of. */
export interface PopulationInput {
  readonly content: SyncContent;
  readonly scopes: readonly string[];
  readonly findings: readonly Finding[];
  /** The access of findings as bad as this is in the population too, whatever the scope. */
  readonly findingsFrom: Severity | undefined;
  readonly words: ProfileWords;
  readonly reviewers: ReviewerSettings;
  readonly earlier: EarlierReview | undefined;
  /** Absent where nobody asked the other side since when access is held. */
  readonly history: GrantHistory | undefined;
  /** The moment that ages are counted to: when the snapshot was taken, in milliseconds since the Unix epoch. */
  readonly takenAt: number;
}

/** Findings as bad as this are asked about again where nobody says otherwise. */
const DANGEROUS: Severity = "high";

/** Everything that is to be decided on, in the order of entitlements and then as the snapshot has it; each access once. */
export function* population(input: PopulationInput): Generator<Item> {
  const { content } = input;
  const graph = new AccessGraph(content);
  const build = new ItemBuilder(graph, input);
  const secrets = new Secrets(content);
  const seen = new Set<string>();
  function* once(all: Iterable<Held>): Generator<Item> {
    for (const held of withSecrets(all, secrets)) {
      const id = itemId(held.principal, held.entitlement);
      if (seen.has(id)) continue;
      seen.add(id);
      yield build.item(id, held);
    }
  }
  for (const entitlement of entitlementsIn(content, input.scopes)) yield* once(graph.holders(entitlement));
  const { findingsFrom } = input;
  if (findingsFrom === undefined) return;
  const bad = input.findings.filter(({ severity }) => isAsBad(severity, findingsFrom));
  yield* once(foundAccess(graph, bad));
}

/** What decides over others is also in the hands of the API tokens of those who hold it. */
function* withSecrets(all: Iterable<Held>, secrets: Secrets): Generator<Held | HeldBySecret> {
  for (const held of all) {
    yield held;
    if (isAdministrative(held.resource.type)) yield* secrets.with(held);
  }
}

class ItemBuilder {
  readonly #content: SyncContent;
  readonly #names: Names;
  readonly #people: People;
  readonly #index: FindingIndex;
  readonly #assignments: RoleAssignments;
  readonly #reviewers: ReviewerChoice;
  readonly #remedies: Remedies;
  readonly #input: PopulationInput;
  readonly #entitlements = new Map<string, string>();
  readonly #kinds = new Map<string, AccountKind>();
  readonly #groupTypes: ReadonlySet<string>;

  constructor(graph: AccessGraph, input: PopulationInput) {
    this.#input = input;
    this.#content = input.content;
    this.#names = new Names(input.content);
    this.#people = new People(input.content, input.words);
    this.#index = new FindingIndex(input.findings);
    this.#assignments = new RoleAssignments(input.content);
    this.#reviewers = new ReviewerChoice(graph, this.#people, this.#assignments, input.reviewers);
    this.#remedies = new Remedies(graph, this.#names);
    this.#groupTypes = input.content.typesWithSlug("member");
  }

  item(id: string, held: Held | HeldBySecret): Item {
    const { principal, resource, entitlement: entitlementId } = held;
    const owner = "owner" in held ? held.owner : undefined;
    const person = principal.type === USER ? this.#people.byId(principal.id) : undefined;
    // Who owns a secret would decide on what they hold themselves.
    const owning = owner === undefined ? undefined : this.#people.byId(owner.principal.id);
    const kind = owner === undefined ? this.#kindOf(held) : "service";
    const status = person?.status ?? this.#statusOf(held);
    const isPrivileged = isAdministrative(resource.type) || this.#isPrivilegedGroup(held);
    const findings = this.#index.of(held);
    const grant = grantDetails(this.#content, owner ?? held, this.#assignments, this.#input.history);
    const paths = [
      ...(owner === undefined ? [] : [ownerPath(owner.principal)]),
      ...(owner ?? held).paths.map(
        ({ kind: how, via, asserted }) =>
          `${[how, ...via.map((one) => resourceKey(one.type, one.id))].join(" ")} ${asserted ? "stated" : "deduced"}`,
      ),
    ];
    const lastSignIn = person?.lastSignIn ?? "";
    const temporary = grant.temporary;
    const state = sha256(
      canonicalJson([
        held.direct,
        [...paths].sort(),
        status,
        kind,
        person?.manager ?? "",
        isPrivileged,
        temporary !== null,
      ]),
    ).slice(0, 32);
    const dangerous = findings.some(({ severity }) => isAsBad(severity, this.#input.findingsFrom ?? DANGEROUS));
    const earlier = this.#input.earlier?.decisions.get(id);
    const carried =
      earlier !== undefined && earlier.decision.decision === "APPROVE" && earlier.state === state && !dangerous;
    return {
      id,
      principal: {
        type: principal.type,
        id: principal.id,
        name: person?.name ?? this.#names.of(principal).name,
        ...{ login: person?.login ?? "", email: person?.email ?? "", status },
        ...{ manager: person?.manager ?? "", department: person?.department ?? "" },
        kind,
        lastSignIn,
        aliases: (person ?? owning)?.aliases ?? [],
      },
      entitlement: { id: entitlementId, name: this.#entitlementName(entitlementId), privileged: isPrivileged },
      resource: { type: resource.type, id: resource.id, name: this.#names.of(resource).name },
      direct: held.direct,
      why:
        owner === undefined
          ? whyText(held, this.#names)
          : `with the rights of its owner ${this.#names.of(owner.principal).name || owner.principal.id}, who has it ${whyText(owner, this.#names)}`,
      paths,
      ...grant,
      findings,
      recommendation: recommend({
        person,
        kind,
        isPrivileged,
        findings,
        elsewhere: this.#index.elsewhere(held, DANGEROUS),
        lastSignIn,
        takenAt: this.#input.takenAt,
        earlier: earlier?.decision,
      }),
      earlier: earlier?.decision ?? null,
      carried,
      state,
      reviewer: this.#reviewers.choose({ principal, person: person ?? owning, kind, entitlementId, resource }),
      remedy: this.#remedies.of(held),
    };
  }

  #kindOf({ principal }: Held): AccountKind {
    if (principal.type === USER) {
      const person = this.#people.byId(principal.id);
      return person === undefined ? "other" : person.isService ? "service" : "human";
    }
    const key = principal.type;
    let kind = this.#kinds.get(key);
    if (kind === undefined) {
      kind = this.#groupTypes.has(key) ? "group" : key === "app" ? "service" : "other";
      this.#kinds.set(key, kind);
    }
    return kind;
  }

  #statusOf({ principal }: Held): string {
    return this.#content.findResource(principal.type, principal.id)?.message.status?.details ?? "";
  }

  readonly #privileged = new Map<string, boolean>();

  /** Whether membership of a group brings something that decides over others. */
  #isPrivilegedGroup({ resource, entitlement }: Held): boolean {
    if (!entitlement.endsWith(":member")) return false;
    const key = resourceKey(resource.type, resource.id);
    let privileged = this.#privileged.get(key);
    if (privileged === undefined) {
      privileged = [...this.#content.holdings({ principal: resource })].some((one) =>
        isAdministrative(one.resource.type),
      );
      this.#privileged.set(key, privileged);
    }
    return privileged;
  }

  #entitlementName(id: string): string {
    let name = this.#entitlements.get(id);
    if (name === undefined) {
      name = this.#content.findEntitlement(id)?.message.displayName ?? "";
      this.#entitlements.set(id, name);
    }
    return name;
  }
}
