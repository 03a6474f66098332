import { temporaryOf } from "../../../baton/access/grants.ts";
import { AccessGraph } from "../../../baton/access/graph.ts";
import { Names } from "../../../baton/access/names.ts";
import { reachOf } from "../../../baton/access/reach.ts";
import { pathJson, whyText } from "../../../baton/access/why.ts";
import { userNamed } from "../find.ts";
import type { Question } from "../question.ts";
import type { Row } from "../rows.ts";
import { whyColumn } from "./why-column.ts";

/** `snapshot access FILE USER`: everything that a person can reach, and why; administrative access first. */
export const access: Question = {
  takes: ["USER"],
  answer({ content, words }) {
    const user = userNamed(content, words[0]!);
    const names = new Names(content);
    const temporary = new Map(
      [...content.grants({ principal: user })].map((grant) => [grant.entitlementId, temporaryOf(grant)]),
    );
    function* rows(): Generator<Row> {
      for (const held of reachOf(new AccessGraph(content), user)) {
        yield {
          entitlement: held.entitlement,
          resource_type: held.resource.type,
          resource: held.resource.id,
          resource_name: names.of(held.resource).name,
          principal_type: user.type,
          principal: user.id,
          direct: held.direct,
          why: whyText(held, names),
          ...temporary.get(held.entitlement),
          paths: held.paths.map((path) => pathJson(path, names)),
        };
      }
    }
    return {
      columns: [
        { name: "resource_type" },
        { name: "resource_name" },
        { name: "entitlement" },
        { name: "direct", wide: true },
        whyColumn,
      ],
      rows: rows(),
      one: "entitlement",
      none: "Nothing, as far as this snapshot shows.",
    };
  },
};
