import express, { type Router } from "express";

export interface LateRouter {
  readonly router: Router;
  /** Lets the requests that came so far, and all later ones, through. */
  open(target: Router): void;
}

/** Holds requests back until the room behind it is there: the port answers health checks while the rest is being loaded. */
export function lateRouter(): LateRouter {
  const router = express.Router();
  let open: (target: Router) => void = () => undefined;
  const ready = new Promise<Router>((resolve) => {
    open = resolve;
  });
  router.use((request, response, next) => {
    ready.then((target) => target(request, response, next)).catch(next);
  });
  return { router, open };
}
