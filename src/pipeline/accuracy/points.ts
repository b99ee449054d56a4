import type { AccuracyRequest, DisturbedScheme, Trial } from "../../model/ir/accuracy.ts";

/** isaac opens whole crossbars, whatever the OU. */
export function trialsOf({ schemes, openWordlines, config }: AccuracyRequest): [DisturbedScheme, number][] {
  return schemes.flatMap((scheme) =>
    (scheme === "isaac" ? [config.crossbar.rows] : openWordlines).map((height): [DisturbedScheme, number] => [
      scheme,
      height,
    ]),
  );
}

/** What the chips of one point share. */
export function pointKey({ device, scheme, openWordlines }: Omit<Trial, "chip">): string {
  return `${device} ${scheme} ${openWordlines}`;
}
