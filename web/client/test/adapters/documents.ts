export const CUSTOMER = "query Customer($id: ID!) { customer(id: $id) { __typename id version name phone owner { __typename id name } } }";
export const CUSTOMERS = "query Customers { customers(first: 10) { __typename asOf totalCount nodes { __typename id version name phone } } }";
export const CHANGES = `subscription Changes { customerChanged { __typename version fromVersion kind entityId changes { __typename field }
  customer { __typename id version name phone } } }`;
