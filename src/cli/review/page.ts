import { parseListen } from "../../baton/rpc/server/address.ts";
import { SharedReview } from "../../review/shared-review.ts";
import { printable } from "../../runtime/printable-text.ts";
import { onShutdown, whenAborted } from "../../runtime/shutdown.ts";
import { serveReview } from "../../web/reviews/serve.ts";
import { EXIT } from "../exit.ts";
import { openLogs } from "../logs.ts";
import { type ReviewStep, required } from "./input.ts";

/** `review page`: until a signal comes. */
export const page: ReviewStep = async (input) => {
  const { own, values, output } = input;
  const folder = required(input, "dir");
  const { host, port } = parseListen(own.listen);
  const logs = openLogs(values, output, output.err);
  const review = SharedReview.open(folder);
  // Says so, where it is closed.
  if (review.state.closed !== undefined) await review.write((open) => open.add([]));
  const shutdown = onShutdown(() => {});
  try {
    const served = await serveReview({ review, host, port, log: logs.log });
    for (const { reviewer, address } of served.links) output.out(`${printable(reviewer)}  ${address}\n`);
    logs.log.info("serving the review", { listen: own.listen });
    await new Promise<void>((resolve) => whenAborted(shutdown.stop, resolve));
    served.kill();
    await served.stop();
    return EXIT.done;
  } finally {
    shutdown.dispose();
  }
};
