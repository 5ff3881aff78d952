export { answerCard } from "./answer-card.js";
export { evidenceCard } from "./evidence-card.js";
export { helpCard } from "./help-card.js";
export { type IncidentCardFacts, incidentCard } from "./incident-card.js";
export { planWords } from "./plan-words.js";
export { type ProposalCardFacts, proposalCard } from "./proposal-card.js";
export { reasonsCard } from "./reasons-card.js";
export { refusalCard } from "./refusal-card.js";
export { type SummaryFacts, summaryCard } from "./summary-card.js";
