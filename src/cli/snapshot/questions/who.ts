import { temporaryOf } from "../../../baton/access/grants.ts";
import { AccessGraph } from "../../../baton/access/graph.ts";
import { Names } from "../../../baton/access/names.ts";
import { pathJson, whyText } from "../../../baton/access/why.ts";
import { entitlementsNamed } from "../find.ts";
import type { Question } from "../question.ts";
import type { Row } from "../rows.ts";
import { whyColumn } from "./why-column.ts";

/** `snapshot who FILE ENTITLEMENT|RESOURCE`: who has it, and why. */
export const who: Question = {
  takes: ["ENTITLEMENT|RESOURCE"],
  answer({ content, words }) {
    const entitlements = entitlementsNamed(content, words[0]!);
    const names = new Names(content);
    const graph = new AccessGraph(content);
    function* rows(): Generator<Row> {
      for (const entitlement of entitlements) {
        const temporary = new Map(
          [...content.grants({ entitlementId: entitlement })].map((grant) => [
            `${grant.principal.type}:${grant.principal.id}`,
            temporaryOf(grant),
          ]),
        );
        for (const held of graph.holders(entitlement)) {
          const { name, login, email } = names.of(held.principal);
          yield {
            principal_type: held.principal.type,
            principal: held.principal.id,
            principal_name: name,
            login,
            email,
            entitlement,
            direct: held.direct,
            why: whyText(held, names),
            ...temporary.get(`${held.principal.type}:${held.principal.id}`),
            paths: held.paths.map((path) => pathJson(path, names)),
          };
        }
      }
    }
    return {
      columns: [
        { name: "principal_type" },
        { name: "principal_name" },
        { name: "login", shown: ({ login, principal }) => String(login || principal) },
        { name: "principal", wide: true },
        { name: "email", wide: true },
        { name: "entitlement", wide: true },
        { name: "direct", wide: true },
        whyColumn,
      ],
      rows: rows(),
      one: "holder",
      none: "Nobody, as far as this snapshot shows.",
    };
  },
};
