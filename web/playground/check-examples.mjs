// Checks the example tabs against the schema, so that a change of the schema cannot leave a broken example behind.
// Usage: node check-examples.mjs [schema file]
import { readdir, readFile } from 'node:fs/promises'
import { buildSchema, parse, validate } from 'graphql'

const schemaFile = process.argv[2] ?? '../../schema.graphqls'
const schema = buildSchema(await readFile(schemaFile, 'utf8'))
for (const name of await readdir('src/examples')) {
  for (const { message } of validate(schema, parse(await readFile(`src/examples/${name}`, 'utf8')))) {
    console.error(`${name}: ${message}`)
    process.exitCode = 1
  }
}
