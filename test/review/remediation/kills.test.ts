import { appendFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { decide } from "../../../src/review/decisions/decide.ts";
import { closeReview } from "../../../src/review/evidence/close.ts";
import { verifyReview } from "../../../src/review/evidence/verify.ts";
import { applyReview, type RemediationDeps } from "../../../src/review/remediation/apply.ts";
import { openReview, type Review } from "../../../src/review/review.ts";
import { Failure } from "../../../src/runtime/failure.ts";
import { madeUp } from "../campaign.ts";

const ITEMS = 10;
/** In memory where there is such a folder: flushing to a disk is not what is tried here. */
const TEMP = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
const KILLS = 50;

/** The other side, with a log of what was taken away; it holds user n's access to app n. */
class OtherSide {
  readonly held = new Set(Array.from({ length: ITEMS }, (_, n) => `0oa${n}`));
  readonly taken: string[] = [];
  steps = 0;
  killAt = Number.POSITIVE_INFINITY;

  /** Whatever comes after the moment of the kill is not done. */
  step(): void {
    if (++this.steps >= this.killAt) throw new Error("killed");
  }

  deps(): RemediationDeps {
    return {
      revoke: async ({ resource }) => {
        this.step();
        if (resource.id === "0oa3") throw new Failure({ kind: "failedPrecondition", message: "comes from elsewhere" });
        const already = !this.held.delete(resource.id);
        if (!already) this.taken.push(resource.id);
        this.step();
        return { already };
      },
      read: async ({ resource }) => {
        this.step();
        return { held: this.held.has(resource.id), what: "", answers: [] };
      },
      ...{ by: "test", concurrency: 3, stop: new AbortController().signal },
    };
  }
}

/** Lets the process die between what is written and what comes next, as often as the journal is added to. */
function killable(review: Review, side: OtherSide): Review {
  const add = review.add.bind(review);
  review.add = async (records) => {
    side.step();
    await add(records);
    side.step();
  };
  return review;
}

it(`is killed at ${KILLS} moments, takes nothing away twice, forgets nothing, and leaves a whole chain`, {
  timeout: 60_000,
}, async () => {
  for (let kill = 1; kill <= KILLS; kill++) {
    const folder = mkdtempSync(join(TEMP, "baton-kills-"));
    try {
      const items = madeUp(folder, ITEMS);
      {
        using review = await openReview(folder, { write: true });
        const answers = items.map(({ id }, n) => ({
          item: id,
          decision: n === 5 ? "APPROVE" : "REVOKE",
          justification: "",
        }));
        await decide(review, answers, { reviewer: "ada@acme.example", via: "command" });
      }
      const side = new OtherSide();
      side.killAt = kill;
      {
        using review = killable(await openReview(folder, { write: true }), side);
        const ended = await applyReview(review, side.deps()).catch((error: Error) => error.message);
        expect(ended).toBe("killed");
      }
      // The kill came while a record was being written.
      if (kill % 3 === 0) appendFileSync(join(folder, "journal.jsonl"), '{"kind":"remediated","item":"');
      expect((await verifyReview(folder, undefined)).faults).toEqual([]);
      side.killAt = Number.POSITIVE_INFINITY;
      using review = await openReview(folder, { write: true });
      await applyReview(review, side.deps());
      expect([...side.taken].sort()).toEqual([...new Set(side.taken)].sort());
      expect(side.held).toEqual(new Set(["0oa3", "0oa5"]));
      expect(items.map((item) => review.state.remediationOf(item))).toEqual(
        items.map((_, n) => (n === 5 ? "NONE" : n === 3 ? "MANUAL" : "SUCCESS")),
      );
      await closeReview(review, "test", undefined);
      const { faults, notes } = await verifyReview(folder, undefined);
      expect([kill, faults, notes]).toEqual([kill, [], []]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
});

it("is not written to by two at once", async () => {
  const folder = mkdtempSync(join(tmpdir(), "baton-lock-"));
  madeUp(folder, 1);
  using first = await openReview(folder, { write: true });
  await expect(openReview(folder, { write: true })).rejects.toThrow("another process is writing");
  first.close();
  (await openReview(folder, { write: true })).close();
  rmSync(folder, { recursive: true });
});
