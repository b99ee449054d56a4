import { configJsonSchema, inputError, sweepJsonSchema } from "../../index.ts";

const schemas = { config: configJsonSchema, sweep: sweepJsonSchema };

/** @throws InputError when there is no such kind of file. */
export function schemaCommand(kind = "config"): void {
  if (!Object.hasOwn(schemas, kind)) {
    throw inputError("FILE-KIND", `one of ${Object.keys(schemas).join(", ")}`, JSON.stringify(kind));
  }
  const schema = schemas[kind as keyof typeof schemas]();
  process.stdout.write(`${JSON.stringify(schema, null, 2)}\n`);
}
