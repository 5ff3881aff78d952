import { z } from "zod";
import { approver } from "./policy-file.js";

const glob = z.string().min(1).max(200);
const channel = z.string().regex(/^(slack|teams|console):\S{1,120}$/, "write it like slack:C0123ABCD");

/** `reading` of the YAML file. */
export const readingSection = z
  .array(
    z
      .strictObject({
        connection: glob.optional(),
        dag: glob.optional(),
        channels: z.array(channel).min(1).max(100).optional(),
        people: z.array(approver).min(1).max(200).optional(),
      })
      .refine(
        ({ channels, people }) => channels !== undefined || people !== undefined,
        "name channels, people, or both",
      ),
  )
  .max(200)
  .default([]);
