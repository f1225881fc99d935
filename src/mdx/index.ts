// The components handed to prose: lessons use them by name, without imports.

import Boats from "./Boats.astro";
import Diagram from "./Diagram.astro";
import FileExcerpt from "./FileExcerpt.astro";
import Hint from "./Hint.astro";
import Log from "./Log.astro";
import Note from "./Note.astro";
import Output from "./Output.astro";
import Predict from "./Predict.astro";
import Script from "./Script.astro";
import Step from "./Step.astro";
import Steps from "./Steps.astro";
import Term from "./Term.astro";
import Try from "./Try.astro";

export const components = {
  Boats,
  Diagram,
  FileExcerpt,
  Hint,
  Log,
  Note,
  Output,
  Predict,
  pre: Script,
  Step,
  Steps,
  Term,
  Try,
  TwoBoats: Boats,
};
