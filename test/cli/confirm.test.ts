import { describe, expect, it } from "vitest";
import { confirm } from "../../src/cli/change/confirm.ts";

const asked = (consent: { given: boolean; flagForm: boolean }, answer: string | undefined) => {
  const questions: string[] = [];
  const done = confirm("Delete it?", consent, async (question) => {
    questions.push(question);
    return answer;
  });
  return { done, questions };
};

describe("something that is taken away", () => {
  it.each(["y", "Y", "yes", " YES "])("is, where the answer is %j", async (answer) => {
    const { done, questions } = asked({ given: false, flagForm: false }, answer);
    await done;
    expect(questions).toEqual(["Delete it? [y/N] "]);
  });

  it.each(["", "n", "no", "yess", "ok"])("is not, where the answer is %j, by flags neither", async (answer) => {
    for (const flagForm of [true, false]) {
      await expect(asked({ given: false, flagForm }, answer).done).rejects.toMatchObject({
        kind: "failedPrecondition",
      });
    }
  });

  it("is not asked about where consent was given", async () => {
    const { done, questions } = asked({ given: true, flagForm: false }, undefined);
    await done;
    expect(questions).toEqual([]);
  });

  it("needs consent where nobody can be asked, unless flags alone ask for it", async () => {
    await expect(asked({ given: false, flagForm: false }, undefined).done).rejects.toMatchObject({
      kind: "usage",
      advice: "add --yes",
    });
    await asked({ given: false, flagForm: true }, undefined).done;
  });
});
