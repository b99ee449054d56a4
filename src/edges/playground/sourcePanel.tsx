import { useSignal } from "@preact/signals";
import { choose, examples, ownFiles, source, sourceNamed } from "./source.ts";

/** What is simulated: an example, or files that are dropped or chosen. */
export function SourcePanel() {
  const isOver = useSignal(false);
  const take = (files: FileList | null | undefined): void => {
    if (files && files.length > 0) choose(ownFiles([...files]));
  };
  const { name, note } = source.value;
  return (
    <section
      aria-labelledby="source-title"
      class={`drop ${isOver.value ? "over" : ""}`}
      onDragOver={(event) => {
        event.preventDefault();
        isOver.value = true;
      }}
      onDragLeave={() => (isOver.value = false)}
      onDrop={(event) => {
        event.preventDefault();
        isOver.value = false;
        take(event.dataTransfer?.files);
      }}
    >
      <h2 id="source-title">Network</h2>
      <div class="row">
        <label>
          Example
          <select
            id="example"
            value={sourceNamed(name) ? name : ""}
            onChange={({ currentTarget }) => choose(sourceNamed(currentTarget.value) ?? source.value)}
          >
            {!examples.some((example) => example.name === name) && <option value={name}>{name}</option>}
            {examples.map((example) => (
              <option key={example.name} value={example.name}>
                {example.name}
              </option>
            ))}
          </select>
        </label>
        <label>
          or your own: drop an .onnx file here, with inputs and labels (.npy, IDX)
          <input id="files" type="file" multiple onChange={({ currentTarget }) => take(currentTarget.files)} />
        </label>
      </div>
      <p class="faint" id="source-note">
        {name}: {note}
      </p>
    </section>
  );
}
