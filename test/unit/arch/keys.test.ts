import { describe, expect, test } from "vitest";
import * as z from "zod";
import { configSchema } from "../../../src/model/arch/config.ts";
import { configJsonSchema, configKeys } from "../../../src/model/arch/keys.ts";

interface Node {
  properties?: Record<string, Node>;
  additionalProperties?: unknown;
  required?: string[];
}

describe("JSON Schema", () => {
  const schema = z.fromJSONSchema(configJsonSchema() as Parameters<typeof z.fromJSONSchema>[0]);

  test("accepts the defaults, an empty file and a part", () => {
    for (const config of [configSchema.parse({}), {}, { ou: { rows: 9 } }, { tile: { count: "auto" } }]) {
      expect(schema.safeParse(config).error?.message).toBeUndefined();
    }
  });

  test("refuses unknown keys and values out of range", () => {
    for (const config of [{ our: {} }, { ou: { rwos: 1 } }, { adc: { bits: 0 } }, { schema: 2 }]) {
      expect(schema.safeParse(config).success).toBe(false);
    }
  });

  test("no key is required, and no section is open", () => {
    const root = configJsonSchema() as Node;
    for (const node of [root, ...Object.values(root.properties ?? {}).filter((child) => child.properties)]) {
      expect(node.required).toBeUndefined();
      expect(node.additionalProperties).toBe(false);
    }
  });
});

describe("configKeys", () => {
  const keys = configKeys();

  test("lists every default of the resolved configuration, once", () => {
    const config = configSchema.parse({}) as Record<string, unknown>;
    const paths = Object.entries(config).flatMap(([name, value]) =>
      typeof value === "object" && value !== null ? Object.keys(value).map((key) => `${name}.${key}`) : [name],
    );
    expect(keys.map((key) => key.path).sort()).toEqual(paths.sort());
    for (const key of keys) {
      const value = key.path
        .split(".")
        .reduce<unknown>((node, name) => (node as Record<string, unknown>)[name], config);
      expect(key.default).toEqual(value);
    }
  });

  test("says what a key accepts", () => {
    const expected = (path: string) => keys.find((key) => key.path === path)?.expected;
    expect(expected("adc.bits")).toBe('integer in 1..16 or "auto"');
    expect(expected("ou.rows")).toBe("integer ≥ 1");
    expect(expected("timing.isaacStep_ns")).toBe("number > 0");
    expect(expected("mapping.packing")).toBe('one of "layer", "crossbar"');
  });
});
