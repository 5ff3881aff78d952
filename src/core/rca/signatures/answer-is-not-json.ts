import { named, type Signature } from "../signature.js";

export const answerIsNotJson: Signature = {
  id: "answer-is-not-json",
  category: "network_transient",
  rerunHelps: "yes",
  proofs: [
    {
      type: named("JSONDecodeError", "ContentTypeError"),
      text: /Expecting value: line 1 column 1 \(char 0\)|unexpected mimetype|text\/html/,
      weight: 0.84,
    },
    {
      text: /Expecting value: line 1 column 1 \(char 0\)|Unexpected token ['"]?<|invalid character '<' looking for|JSON.{0,40}<(?:!DOCTYPE|html)/i,
      weight: 0.82,
    },
  ],
  object: [/https?:\/\/([\w.-]+)/],
  summary: (o, p) =>
    `${o ?? "The service"} answered ${p.task} with something that is no JSON (an error page or nothing); a rerun may pass.`,
  nextStep: "Look at what the service answered; rerun when it answers as usual.",
};
