import { render } from "preact";
import { App } from "./app.tsx";
import { shareByFragment } from "./share.ts";

shareByFragment();
render(<App />, document.getElementById("app")!);
