import * as z from "zod/mini";
import { configJsonSchema, configPaths, configTree } from "../keys.ts";
import type { Schema } from "../schemaParts.ts";
import { frameSchema } from "./frame.ts";
import { networkSchema } from "./networks.ts";
import { rangeSchema } from "./range.ts";

type Json = Record<string, unknown>;

/** JSON Schema (draft 2020-12) of a sweep file. Rules between keys are not in it; `parseSweep` holds them. */
export function sweepJsonSchema(): Record<string, unknown> {
  const { $schema, properties, ...frame } = toJson(frameSchema);
  const { $schema: _, ...config } = configJsonSchema();
  const network = toJson(networkSchema);
  (network["properties"] as Json)["config"] = ref("config");
  const described = (key: string, schema: Json): Json => ({
    [key]: { ...schema, description: (properties as Record<string, Json>)[key]?.["description"] },
  });
  return {
    $schema,
    title: "Sweep of the Sparse ReRAM Engine simulator",
    ...frame,
    required: ["axes"],
    properties: {
      ...(properties as Json),
      ...described("base", ref("config")),
      ...described(
        "axes",
        mapping({ network: listOf({ anyOf: [{ type: "string" }, ref("network")] }), ...axes() }, ["network"]),
      ),
      ...described("exclude", {
        type: "array",
        items: mapping({ network: oneOrMore({ type: "string" }), ...keys(oneOrMore) }),
      }),
      ...described("include", {
        type: "array",
        items: mapping({ network: { type: "string" }, ...keys((one) => one) }),
      }),
    },
    $defs: { ...definitions(), config, network, range: { ...toJson(rangeSchema), required: ["from", "to"] } },
  };
}

function toJson(schema: Schema): Json {
  return z.toJSONSchema(schema, { io: "input" }) as Json;
}

function ref(path: string): Json {
  return { $ref: `#/$defs/${path}` };
}

function mapping(properties: Json, required: readonly string[] = []): Json {
  return { type: "object", properties, additionalProperties: false, ...(required.length > 0 ? { required } : {}) };
}

function listOf(items: Json): Json {
  return { type: "array", minItems: 1, items };
}

function oneOrMore(one: Json): Json {
  return { anyOf: [one, listOf(one)] };
}

/** Keys and sections that a point may set; `network` is the axis of networks there. */
function pointKeys(): string[] {
  return configPaths().filter((path) => path !== "schema" && path !== "network");
}

/** Their schemas, by dotted name. */
function definitions(): Json {
  return Object.fromEntries(pointKeys().map((dotted) => [dotted, configTree().at(dotted.split("."))]));
}

/** Every such key, as `shape` makes it of the schema of its value. */
function keys(shape: (value: Json, path: readonly string[]) => Json): Json {
  return Object.fromEntries(pointKeys().map((dotted) => [dotted, shape(ref(dotted), dotted.split("."))]));
}

function axes(): Json {
  return keys((value, path) =>
    configTree().isSection(path) ? listOf(value) : { anyOf: [listOf(value), ref("range")] },
  );
}
