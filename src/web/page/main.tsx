import "./styles/index.css";
import { render } from "preact";

render(<main>ok</main>, document.getElementById("page")!);
