import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The test files that take half a minute or more. */
const long = ["/memory.test.ts", "/load.test.ts", "/sockets.test.ts", "/looks.test.ts", "/tokens.test.ts", "/conflicts.test.ts", "/people.test.ts"];

/** Begins with the test files that take longest, so that none of them runs alone at the end. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) => long.some((name) => moduleId.endsWith(name));
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}
