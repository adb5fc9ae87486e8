"use client";

import { useEffect, useLayoutEffect } from "react";

/** `useLayoutEffect` where there is a layout. A server has none, and React warns there. */
export const useBrowserLayoutEffect = typeof document === "undefined" ? useEffect : useLayoutEffect;
