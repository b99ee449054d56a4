import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import * as z from "zod";
import { configPaths } from "../../../../src/model/arch/keys.ts";
import { sweepJsonSchema } from "../../../../src/model/arch/sweep/schema.ts";
import { sweepOf } from "./parsed.ts";

const page = readFileSync(new URL("../../../../docs/sweep-file.md", import.meta.url), "utf8");
const example = /```yaml\n([\s\S]*?)```/.exec(page)![1]!;
const schema = z.fromJSONSchema(sweepJsonSchema() as Parameters<typeof z.fromJSONSchema>[0]);
const accepts = (text: string) => schema.safeParse(parse(text)).success;

test("the example of the documentation has as many points as it says", () => {
  const { points } = sweepOf(example);
  expect(page).toContain(`: ${points.length} points.`);
  expect(points).toHaveLength(817);
});

test("the JSON Schema accepts what is allowed", () => {
  for (const text of [
    example,
    "axes: { network: [zoo:a] }",
    "extends: [sre19]\naxes: { network: [zoo:a], energy.prices_pJ.bus: [1], input.mean: [0, [1, 2]] }",
    "axes: { network: [zoo:a], energy.prices_pJ: [{ bus: 1 }], network.batchNorm: [fold] }",
    "axes: { network: [zoo:a], ou.rows: { from: 1, to: 2, step: 1 } }\nexclude: [{ network: [zoo:a], ou: { rows: 1 } }]",
  ]) {
    expect(schema.safeParse(parse(text)).error?.message).toBeUndefined();
    expect(sweepOf(text).points).not.toHaveLength(0);
  }
});

test.each([
  "{}",
  "axes: {}",
  "axes: { network: zoo:a }",
  "axes: { network: [{ inptu: x }] }",
  "axes: { network: [zoo:a], ou.rwos: [1] }",
  "axes: { network: [zoo:a], ou.rows: 1 }",
  "axes: { network: [zoo:a], ou.rows: [0] }",
  "axes: { network: [zoo:a], ou.rows: { from: 1 } }",
  "axes: { network: [zoo:a], ou: [{ rwos: 1 }] }",
  "axes: { network: [zoo:a], schema: [1] }",
  "axes: { network: [zoo:a] }\nbase: { ou: { rows: 0 } }",
  "axes: { network: [zoo:a] }\nschemes: [fast]",
  "axes: { network: [zoo:a] }\ninclude: [{ ou.rows: [1] }]",
  "axes: { network: [zoo:a] }\nexclude: [{ ou.rwos: 1 }]",
  "axes: { network: [zoo:a] }\nextra: 1",
])("the JSON Schema and the parser refuse %s", (text) => {
  expect(accepts(text)).toBe(false);
  expect(() => sweepOf(text)).toThrow(/expected/);
});

test("every key and section of the configuration may be an axis", () => {
  const { properties } = sweepJsonSchema() as { properties: { axes: { properties: object } } };
  const paths = configPaths().filter((path) => path !== "schema");
  expect(Object.keys(properties.axes.properties).sort()).toEqual(paths.sort());
});
