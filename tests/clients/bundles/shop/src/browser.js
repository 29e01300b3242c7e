// The shop on a page: the second order fails, and nobody handles it. The page says where to send to.
import * as Sentry from "@sentry/browser";
import { placeOrder } from "./checkout.js";

Sentry.init(globalThis.SENTRY);
placeOrder([{ name: "tea", count: 2, offers: [{ price: 3 }] }]);
placeOrder([{ name: "tea", count: 2, offers: [] }]);
