import type { ResourceDetail } from "../../../api/contract.ts";
import { Badge, dangerTone } from "../../design/badge.tsx";
import { Icon } from "../../design/icon.tsx";
import { counted, dayText, plainText, sentenceCase } from "../../design/text.ts";
import { linkTo } from "../../route/navigation.ts";
import { StatusBadge } from "../../things/status.tsx";
import { KIND_ICON, nameOf, ThingLink, thingAddress } from "../../things/thing-link.tsx";

/** Who or what it is, in a glance. */
export function ThingHead({ thing }: { thing: ResourceDetail }) {
  const { kind, typeName, login, detail, description, status, statusDetail, admin, nonHuman, related } = thing;
  const under = [login, detail || description].filter((text, at, all) => text !== "" && all.indexOf(text) === at);
  const worst = thing.findings.state === "ready" ? thing.findings.value[0]?.severity : undefined;
  return (
    <header class="thing-head">
      <span class={`thing-mark kind-${kind}`}>
        <Icon name={nonHuman && kind === "person" ? "robot" : KIND_ICON[kind]} size={20} />
      </span>
      <div class="thing-what">
        <p class="thing-type">{plainText(typeName)}</p>
        <h1>
          <bdi>{nameOf(thing)}</bdi>
        </h1>
        {under.length > 0 && (
          <p class="thing-under">
            {under.map((text, at) => (
              <span key={text}>
                {at > 0 && " · "}
                <bdi>{plainText(text)}</bdi>
              </span>
            ))}
          </p>
        )}
        <p class="thing-badges">
          {(status !== "UNSPECIFIED" || statusDetail !== "") && <StatusBadge status={status} detail={statusDetail} />}
          {admin && (
            <Badge tone="accent" icon="role">
              Holds an admin role
            </Badge>
          )}
          {nonHuman && <Badge icon="robot">No person</Badge>}
          {worst && thing.findings.state === "ready" && (
            <a href={thingAddress(thing, { tab: "findings" })}>
              <Badge tone={dangerTone(worst)} icon="finding">
                {counted(thing.findings.value.length, "finding")}, {sentenceCase(worst).toLowerCase()}
              </Badge>
            </a>
          )}
        </p>
        <Facts thing={thing} related={related} />
      </div>
      {kind === "person" && (
        <a class="button" href={linkTo(["compare"], { left: `${thing.type}:${thing.id}` })}>
          <Icon name="compare" />
          Compare
        </a>
      )}
    </header>
  );
}

function Facts({
  thing: { kind, lastSignIn, createdAt },
  related,
}: {
  thing: ResourceDetail;
  related: ResourceDetail["related"];
}) {
  const facts = [
    ...(kind === "person" || lastSignIn !== null
      ? [["Last sign-in", lastSignIn === null ? "none stated" : dayText(lastSignIn)] as const]
      : []),
    ...(createdAt === null ? [] : [["Created", dayText(createdAt)] as const]),
  ];
  if (facts.length + related.length === 0) return null;
  return (
    <dl class="facts">
      {facts.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
      {related.map(({ label, thing }) => (
        <div key={`${label} ${thing.id}`}>
          <dt>{sentenceCase(label)}</dt>
          <dd>
            <ThingLink thing={thing} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
