import { AccessGraph } from "../../../baton/access/graph.ts";
import { Names } from "../../../baton/access/names.ts";
import { withoutGroup } from "../../../baton/access/what-if.ts";
import { pathJson, whyText } from "../../../baton/access/why.ts";
import { Failure } from "../../../runtime/failure.ts";
import { resourceNamed } from "../find.ts";
import type { Question } from "../question.ts";
import type { Row } from "../rows.ts";

/** `snapshot what-if FILE --remove group:ID`: who would lose what without a group, and who keeps it another way. */
export const whatIf: Question = {
  takes: [],
  answer({ content, flags }) {
    if (flags.remove === undefined) {
      throw new Failure({
        kind: "usage",
        message: "what-if takes --remove group:ID",
        advice: "name the group to remove",
      });
    }
    const group = resourceNamed(content, flags.remove);
    if (group === undefined) {
      throw new Failure({
        kind: "notFound",
        message: `the snapshot holds no group ${JSON.stringify(flags.remove)}`,
        advice: "write it as group:00g1abcd, or by its name",
      });
    }
    const names = new Names(content);
    function* rows(): Generator<Row> {
      for (const { principal, entitlement, resource, outcome, otherwise } of withoutGroup(
        new AccessGraph(content),
        group!,
      )) {
        const { name, login } = names.of(principal);
        const direct = otherwise.some(({ kind }) => kind === "direct");
        yield {
          principal_type: principal.type,
          principal: principal.id,
          principal_name: name,
          login,
          entitlement,
          resource_type: resource.type,
          resource: resource.id,
          resource_name: names.of(resource).name,
          outcome,
          otherwise: otherwise.length === 0 ? "" : whyText({ direct, paths: otherwise }, names),
          paths: otherwise.map((path) => pathJson(path, names)),
        };
      }
    }
    return {
      columns: [
        { name: "outcome" },
        { name: "principal_type" },
        { name: "principal_name" },
        { name: "login", shown: ({ login, principal }) => String(login || principal) },
        { name: "principal", wide: true },
        { name: "resource_name" },
        { name: "entitlement", wide: true },
        { name: "otherwise" },
      ],
      rows: rows(),
      one: "consequence",
      none: "Nobody would lose anything but the membership, as far as this snapshot shows.",
    };
  },
};
