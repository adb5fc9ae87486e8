/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { Document } from "../operation.js";
/** The general rights of a member. Each role includes the ones before it. */
export type Role =
  /** Can do everything in the organization. */
  | 'ADMIN'
  /** Also creates, edits and comments, and deletes entities of their own. */
  | 'MEMBER'
  /** Reads, joins rooms and follows changes. */
  | 'VIEWER';

export type PositionQueryVariables = Exact<{ [key: string]: never; }>;


export type PositionQuery = { customers: { asOf: string } };

export type ViewerQueryVariables = Exact<{ [key: string]: never; }>;


export type ViewerQuery = { viewer: { role: Role, user: { id: string, name: string }, organization: { id: string } } };

export type RefreshSessionMutationVariables = Exact<{
  token: string;
}>;


export type RefreshSessionMutation = { refreshSession: { user: { id: string } } };

export type SessionSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type SessionSubscription = { session:
    | { __typename: 'AccessChanged', role: Role, entityId: string | null, message: string }
    | { __typename: 'ServerDraining', reconnectAfterMs: number }
    | { __typename: 'SessionExpiring', expiresAt: string }
   };

export const PositionDocument = "query Position{customers(first:0){asOf}}" as Document<PositionQuery, PositionQueryVariables>;

export const ViewerDocument = "query Viewer{viewer{user{id name}organization{id}role}}" as Document<ViewerQuery, ViewerQueryVariables>;

export const RefreshSessionDocument = "mutation RefreshSession($token:String!){refreshSession(token:$token){user{id}}}" as Document<RefreshSessionMutation, RefreshSessionMutationVariables>;

export const SessionDocument = "subscription Session{session{__typename ...on AccessChanged{role entityId message}...on SessionExpiring{expiresAt}...on ServerDraining{reconnectAfterMs}}}" as Document<SessionSubscription, SessionSubscriptionVariables>;