import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// The page and the API share an origin, as behind a load balancer.
const proxy = { "/graphql": { target: process.env.TANDEM_URL ?? "http://localhost:8080", ws: true } };

export default defineConfig({ plugins: [react()], server: { proxy }, preview: { proxy } });
