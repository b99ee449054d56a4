import * as z from "zod/mini";
import { valueAt } from "../../../model/arch/check.ts";
import { show } from "../../../model/base/show.ts";
import { integer, nonEmptyList, text } from "../../../model/arch/schemaParts.ts";
import { entryOf, readYaml } from "../../../model/arch/yamlText.ts";
import type { Part } from "../../../model/arch/yamlText.ts";
import { Faults } from "../../../model/base/errors.ts";
import type { RulesText } from "../../../model/ir/request.ts";

const names = z.union([text, nonEmptyList(text)]);

const schema = z.strictObject({
  schema: z._default(z.literal(1), 1),
  rules: nonEmptyList(
    z.strictObject({
      layer: text,
      tensor: z.optional(names),
      mask: z.optional(names),
      transpose: z._default(z.union([z.boolean(), nonEmptyList(integer(0))]), false),
      keep: z._default(z.boolean(), false),
    }),
  ),
});

const KEYS: Readonly<Record<string, string>> = {
  "": "schema, rules",
  rules: "a list of rules, each with layer, and tensor, mask or keep",
  "rules.layer": "the name of a layer, * for any run of characters",
  "rules.tensor": "the name of a tensor, or a list of them, one a group",
  "rules.mask": "the name of a tensor, or a list of them, one a group",
  "rules.transpose": "true, false or a list of axes",
  "rules.keep": "true or false",
};

/** Which tensors a layer takes its weights and its mask from. */
export interface WeightRule {
  readonly place: string;
  /** Layer names: `*` stands for any run of characters. */
  readonly layer: string;
  /** Names as written: $1, $2, … are what the `*` of `layer` stood for, $0 the layer. Several: one a group. */
  readonly tensors: readonly string[] | null;
  readonly masks: readonly string[] | null;
  /** Order in which the axes of the file's tensor are taken: axis i is `transpose[i]` of the file; true: reversed. */
  readonly transpose: boolean | readonly number[];
}

/** @throws InputError with every fault of the file, each at `file:line:col`. */
export function parseRules({ text, place }: RulesText): WeightRule[] {
  const faults = new Faults();
  const root = readYaml(text, place, faults);
  faults.throwIfAny();
  const placeOf = (path: readonly PropertyKey[]): string => {
    const part = path.reduce<Part | undefined>((above, key) => {
      return above && (typeof key === "number" ? above.items[key] : entryOf(above, String(key))?.part);
    }, root);
    return part?.place ?? placeOf(path.slice(0, -1));
  };
  const parsed = schema.safeParse(root!.value ?? {});
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      const key = issue.path.filter((part) => typeof part === "string").join(".");
      const got =
        issue.code === "unrecognized_keys"
          ? `unknown key ${issue.keys.join(", ")}`
          : show(valueAt(root!.value, issue.path.map(String)));
      faults.add(
        `${placeOf(issue.path)} ${issue.path.map(String).join(".")}`.trim(),
        KEYS[key] ?? "another value",
        got,
      );
    }
    faults.throwIfAny();
  }
  const rules = parsed.data!.rules.map(({ layer, tensor, mask, transpose, keep }, index): WeightRule => {
    const rulePlace = placeOf(["rules", index]);
    const isEmpty = tensor === undefined && mask === undefined;
    if (keep !== isEmpty) {
      faults.add(rulePlace, "tensor or mask, or keep: true", keep ? "both" : "neither");
    }
    if (Array.isArray(transpose) && [...transpose].sort((a, b) => a - b).some((axis, i) => axis !== i)) {
      faults.add(`${rulePlace} transpose`, "each axis once, from 0 on", `[${transpose.join(",")}]`);
    }
    return { place: rulePlace, layer, tensors: list(tensor), masks: list(mask), transpose };
  });
  faults.throwIfAny();
  return rules;
}

function list(given: string | string[] | undefined): string[] | null {
  return given === undefined ? null : [given].flat();
}
