import { compareReach, type SideBySide } from "../../../baton/access/compare-people.ts";
import { AccessGraph } from "../../../baton/access/graph.ts";
import { Names } from "../../../baton/access/names.ts";
import { pathJson, whyText } from "../../../baton/access/why.ts";
import type { Json } from "../../../baton/connector.ts";
import { userNamed } from "../find.ts";
import type { Question } from "../question.ts";
import type { Row } from "../rows.ts";

/** `snapshot compare FILE USER USER`: what two people can reach, side by side. */
export const compare: Question = {
  takes: ["USER", "USER"],
  answer({ content, words }) {
    const left = userNamed(content, words[0]!);
    const right = userNamed(content, words[1]!);
    const names = new Names(content);
    const side = (held: SideBySide["left"]): Json =>
      held === undefined
        ? null
        : { direct: held.direct, why: whyText(held, names), paths: held.paths.map((path) => pathJson(path, names)) };
    function* rows(): Generator<Row> {
      for (const one of compareReach(new AccessGraph(content), left, right)) {
        const { resource } = (one.left ?? one.right)!;
        yield {
          entitlement: one.entitlement,
          resource_type: resource.type,
          resource: resource.id,
          resource_name: names.of(resource).name,
          has: one.left === undefined ? "right" : one.right === undefined ? "left" : "both",
          left: side(one.left),
          right: side(one.right),
        };
      }
    }
    const why = (name: "left" | "right") => (row: Row) => (row[name] as { why?: string } | null)?.why ?? "-";
    return {
      columns: [
        { name: "resource_type" },
        { name: "resource_name" },
        { name: "entitlement", wide: true },
        { name: "has" },
        { name: "left", shown: why("left") },
        { name: "right", shown: why("right") },
      ],
      rows: rows(),
      one: "entitlement",
      none: "Neither can reach anything, as far as this snapshot shows.",
    };
  },
};
