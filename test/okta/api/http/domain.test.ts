import { describe, expect, test } from "vitest";
import { parseDomain } from "../../../../src/okta/api/http/domain.ts";
import { isFailure } from "../../../../src/runtime/failure.ts";

describe("parseDomain", () => {
  test.each([
    ["acme.okta.com", "https://acme.okta.com"],
    ["https://acme.okta.com", "https://acme.okta.com"],
    ["https://acme.okta.com/", "https://acme.okta.com"],
    ["HTTPS://Acme.Okta.COM/", "https://acme.okta.com"],
    [" acme.okta.com ", "https://acme.okta.com"],
    ["acme.okta.com:8443", "https://acme.okta.com:8443"],
    ["acme.okta.com:443", "https://acme.okta.com"],
    ["https://login.acme.com:8443/", "https://login.acme.com:8443"],
    ["http://127.0.0.1:8080", "http://127.0.0.1:8080"],
    ["http://127.8.9.1:8080/", "http://127.8.9.1:8080"],
    ["http://localhost:8080", "http://localhost:8080"],
    ["http://[::1]:8080", "http://[::1]:8080"],
    ["localhost:8080", "https://localhost:8080"],
  ])("%s", (text, url) => {
    expect(parseDomain(text).url).toBe(url);
  });

  test.each([
    [""],
    ["  "],
    ["https://"],
    ["http://acme.okta.com"],
    ["http://127.0.0.1.evil.com"],
    ["http://128.0.0.1"],
    ["http://localhost.evil.com"],
    ["ftp://acme.okta.com"],
    ["https://acme.okta.com/path"],
    ["acme.okta.com/api/v1"],
    ["acme.okta.com//"],
    ["https://acme.okta.com/?x=1"],
    ["acme.okta.com?"],
    ["acme.okta.com#"],
    ["https://acme.okta.com/#top"],
    ["https://user@acme.okta.com"],
    ["https://user:pass@acme.okta.com"],
    ["https://@acme.okta.com"],
    ["acme okta.com"],
    ["acme.okta.com\\@evil.com"],
    ["acme.okta.com:"],
    ["acme.okta.com:99999"],
    ["acme.okta.com:0"],
    ["acme.okta.com:port"],
    [".okta.com"],
    ["acme..okta.com"],
    ["acme-admin.okta.com"],
    ["https://acme-admin.oktapreview.com/"],
  ])("refuses %j as wrong usage", (text) => {
    try {
      parseDomain(text);
    } catch (error) {
      expect(isFailure(error, "usage")).toBe(true);
      expect(String(error)).not.toContain("pass@");
      return;
    }
    expect.unreachable();
  });

  test("names the org's host where the admin console's was given", () => {
    expect(() => parseDomain("acme-admin.okta.com")).toThrow(
      expect.objectContaining({ advice: expect.stringContaining("acme.okta.com") }),
    );
  });

  test("an IPv6 host has no brackets where it is connected to", () => {
    expect(parseDomain("http://[::1]:8080")).toMatchObject({ hostname: "::1", port: 8080, secure: false });
  });
});
