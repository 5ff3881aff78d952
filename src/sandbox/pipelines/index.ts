import { clickstreamHourly } from "./clickstream-hourly.js";
import { customer360 } from "./customer-360.js";
import { financeClose } from "./finance-close.js";
import { inventorySync } from "./inventory-sync.js";
import { marketingAttribution } from "./marketing-attribution.js";
import { ordersDaily } from "./orders-daily.js";
import { paymentsRecon } from "./payments-recon.js";
import type { Pipeline } from "./pipeline.js";

export const pipelines: readonly Pipeline[] = [
  ordersDaily,
  customer360,
  inventorySync,
  paymentsRecon,
  marketingAttribution,
  clickstreamHourly,
  financeClose,
];
