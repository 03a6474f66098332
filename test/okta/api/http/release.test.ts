import { expect, test } from "vitest";
import { release } from "../../../../src/okta/api/http/release.ts";
import { aCall, clientOf, serve } from "../okta-server.ts";

test("memory that no other buffer shares is given back, and no other", () => {
  const own = Buffer.alloc(10);
  release(own);
  expect(own.length).toBe(0);
  const whole = Buffer.alloc(10);
  const part = whole.subarray(2);
  release(part);
  const pooled = Buffer.from("in the pool");
  release(pooled);
  expect([whole.length, part.length, pooled.toString()]).toEqual([10, 8, "in the pool"]);
});

test.each([10, 200_000])("the body of an answer of %d bytes is not kept once it is read", async (bytes) => {
  const items = JSON.stringify(["x".repeat(bytes)]);
  const server = await serve((_, response) => response.setHeader("content-type", "application/json").end(items));
  const client = clientOf(server.url);
  const bodies: Buffer[] = [];
  const parse = (body: Buffer) => {
    bodies.push(body);
    return JSON.parse(body.toString()) as string[];
  };
  const { items: read } = await client.list("/api/v1/users", aCall(), { parse });
  expect(read).toEqual(["x".repeat(bytes)]);
  expect(bodies.map(({ length }) => length)).toEqual([0]);
});
