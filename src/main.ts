#!/usr/bin/env node
// Nothing is imported before the version is known: an older Node would fail on the first import, without a word of why.
const WANTED = 26;

if (Number(process.versions.node.split(".")[0]) < WANTED) {
  process.stderr.write(
    `baton-okta needs Node.js ${WANTED} or newer; this is ${process.version} (${process.execPath}).\n` +
      "Get it from https://nodejs.org, or with a version manager: nvm install 26, fnm install 26, volta install node@26.\n",
  );
  process.exitCode = 1;
} else {
  const [, , command, ...words] = process.argv;
  if (command === "serve" && !words.includes("--help") && !words.includes("-h")) {
    const [{ LOW_MEMORY }, { restartWith }] = await Promise.all([
      import("./runtime/low-memory.ts"),
      import("./runtime/system/restart.ts"),
    ]);
    restartWith(LOW_MEMORY);
  }
  const { runProgram } = await import("./cli/program.ts");
  await runProgram(process.argv.slice(2));
}

export {};
