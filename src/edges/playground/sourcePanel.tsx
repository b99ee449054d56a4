import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { faultLine } from "../../index.ts";
import { COLOURS } from "./images.ts";
import type { Colours } from "./images.ts";
import { isImages } from "./ownFiles.ts";
import { choose, examples, give, isReading, source, sourceFaults, sourceNamed, sourceOf } from "./source.ts";

/** What is simulated: an example, or files that are dropped anywhere on the page, or chosen. */
export function SourcePanel() {
  const isOver = useSignal(false);
  useEffect(() => watchDrops((isNow) => (isOver.value = isNow)), []);
  const { name, note, own } = source.value;
  const faults = sourceFaults.value;
  return (
    <section aria-labelledby="source-title" class={`drop ${isOver.value ? "over" : ""}`}>
      <h2 id="source-title">Network</h2>
      <div class="row">
        <label for="example">
          Example
          <select
            id="example"
            value={own === null ? name : ""}
            onChange={({ currentTarget }) => choose(sourceNamed(currentTarget.value))}
          >
            {own !== null && (
              <option value="" disabled>
                your files
              </option>
            )}
            {own === null && !examples.includes(source.value) && <option value={name}>{name}</option>}
            {examples.map((example) => (
              <option key={example.name} value={example.name}>
                {example.name}
              </option>
            ))}
          </select>
        </label>
        <label for="files">
          or your own: drop an .onnx file on the page, with inputs (.npy, IDX, or images of one size) and labels (.npy,
          IDX)
          <input
            id="files"
            type="file"
            multiple
            aria-describedby="source-note source-faults"
            onChange={({ currentTarget }) => {
              takeAll(currentTarget.files);
              // So that the same files can be chosen again.
              currentTarget.value = "";
            }}
          />
        </label>
        {own !== null && isImages(own.inputs) && (
          <label for="colours">
            images as
            <select
              id="colours"
              value={own.colours}
              onChange={({ currentTarget }) => choose(sourceOf({ ...own, colours: currentTarget.value as Colours }))}
            >
              {COLOURS.map((colours) => (
                <option key={colours}>{colours}</option>
              ))}
            </select>
          </label>
        )}
      </div>
      <p class="faint" id="source-note">
        {isReading.value ? "reading …" : `${name}: ${note}`}
      </p>
      <div id="source-faults" aria-live="polite">
        {faults.map((fault) => (
          <p class="fault" role="alert">
            {faultLine(fault)}
          </p>
        ))}
      </div>
    </section>
  );
}

function takeAll(files: FileList | null | undefined): void {
  if (files && files.length > 0) give([...files]);
}

/** Files that miss the panel would take the browser away from the page. Ends by the function that it gives. */
function watchDrops(show: (isOver: boolean) => void): () => void {
  const ending = new AbortController();
  const on = (type: "dragover" | "dragleave" | "drop", act: (event: DragEvent) => void): void =>
    addEventListener(type, act, { signal: ending.signal });
  const hasFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer?.types.includes("Files") ?? false;
  on("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    show(true);
  });
  on("dragleave", ({ relatedTarget }) => void (relatedTarget === null && show(false)));
  on("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    show(false);
    takeAll(event.dataTransfer!.files);
  });
  return () => ending.abort();
}
