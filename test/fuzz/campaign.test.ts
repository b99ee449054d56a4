import { afterAll, expect, test } from "vitest";
import { rmSync } from "node:fs";
import { doors } from "./doors/index.ts";
import { bundleThread } from "./run/bundle.ts";
import { runCampaign } from "./run/campaign.ts";
import { sharesOf } from "./run/shares.ts";

const SEED = 1;
const INPUTS = 5000;
const PATIENCE_MS = 20_000;

const threadFile = await bundleThread("fuzzThreadOfTests");
afterAll(() => rmSync(threadFile));

test("5,000 inputs end in a result or in an error that names a place", async () => {
  const counts = sharesOf(doors, INPUTS);
  const results = await runCampaign({
    seed: SEED,
    counts,
    threadFile,
    patience_ms: PATIENCE_MS,
    memory_bytes: 2 ** 28,
  });
  for (const [door, { inputs, accepted, refused, faults }] of results) {
    expect(faults, door).toEqual([]);
    expect(inputs, door).toBe(counts.get(door));
    // Changes that are all refused, or none, would look at nothing.
    expect(accepted, door).toBeGreaterThan(inputs / 40);
    expect(refused, door).toBeGreaterThan(inputs / 40);
  }
});
