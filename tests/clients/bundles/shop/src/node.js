// The shop on a server: the second order fails, and nobody handles it.
import * as Sentry from "@sentry/node";
import { placeOrder } from "./checkout.js";

Sentry.init({ dsn: process.env.SENTRY_DSN });
placeOrder([{ name: "tea", count: 2, offers: [{ price: 3 }] }]);
placeOrder([{ name: "tea", count: 2, offers: [] }]);
