import{dn as e,fn as t}from"./index-BoqFQlhH.js";var n=`
  ... on EntityGone { message deletedAt deletedBy { id name } }
  ... on InvalidInput { message fields { field message } }
  ... on AccessDenied { message readOnlyFields }`,r=`{ id version document }`,i=`__typename id message entityType entityId baseVersion remoteVersion detectedAt resolution resolvedAt
  detectedFor { id name } resolvedBy { id name }
  conflictedFields {
    field base local remote baseText localText remoteText remoteChangedAt remoteChangedBy { id name }
    parts { __typename ... on AgreedText { text } ... on ClashingText { base local remote } }
  }
  baseState ${r} localState ${r} remoteState ${r}`;function a(n){return`... on ${n}Saved { cursor merged clientMutationId entity: ${e(n)} { ${t(n)} } }`}function o(e){return`mutation Update${e}($input: Update${e}Input!) {
  answer: update${e}(input: $input) { __typename ${a(e)} ... on ${e}Conflict { ${i} }${n} }
}`}function s(e){return`mutation Create${e}($input: Create${e}Input!) {
  answer: create${e}(input: $input) { __typename ${a(e)} ... on InvalidInput { message fields { field message } } ... on AccessDenied { message readOnlyFields } }
}`}function c(e){return`mutation Resolve${e}Conflict($input: Resolve${e}ConflictInput!) {
  answer: resolve${e}Conflict(input: $input) { __typename ${a(e)} ... on ${e}Conflict { ${i} }${n} }
}`}export{o as i,s as n,c as r,i as t};