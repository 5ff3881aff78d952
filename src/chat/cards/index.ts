export { answerCard } from "./answer-card.js";
export { evidenceCard } from "./evidence-card.js";
export { glassCard } from "./glass-card.js";
export { helpCard } from "./help-card.js";
export { asksForFix, incidentCard } from "./incident-card.js";
export { proposalCard } from "./proposal-card.js";
export { reasonsCard } from "./reasons-card.js";
export { refusalCard } from "./refusal-card.js";
export { summaryCard } from "./summary-card.js";
