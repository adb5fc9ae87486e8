"use client";

import { useEffect, useState } from "react";
import { useTandemContext } from "../provider/context.js";
import type { Passage } from "./passages.js";

/** Shows two texts as one, with the passages that differ marked as either side has them. */
export function TextDiff({ passages }: { readonly passages: readonly Passage[] }) {
  const { messages } = useTandemContext();
  return (
    <p data-tandem="diff">
      {passages.map(({ same, local, remote }, at) =>
        same ? (
          <span key={at}>{local}</span>
        ) : (
          <span key={at}>
            {local && (
              <del>
                <Side name={messages.yours()} />
                {local}
              </del>
            )}
            {remote && (
              <ins>
                <Side name={messages.theirs()} />
                {remote}
              </ins>
            )}
          </span>
        ),
      )}
    </p>
  );
}

/** Names a side for people who see no colors. */
function Side({ name }: { readonly name: string }) {
  return <span data-tandem="hidden"> {name}: </span>;
}

/** Returns the passages of two texts. Until the code that compares them has loaded, each text is one passage. */
export function usePassages(local: string, remote: string): readonly Passage[] {
  const [compared, setCompared] = useState<{ readonly of: string; readonly passages: readonly Passage[] }>();
  const of = JSON.stringify([local, remote]);
  useEffect(() => {
    if (local === remote) return;
    let current = true;
    void import("./passages.js")
      .then(({ compare }) => current && setCompared({ of, passages: compare(local, remote) }))
      .catch(() => {});
    return () => void (current = false);
  }, [local, remote, of]);
  return compared?.of === of ? compared.passages : [{ same: local === remote, local, remote }];
}
