import type { Client, Subscription } from "../client.ts";
import { gql } from "./document.ts";

export interface PresenceUser {
  readonly id: string;
  readonly name: string;
  readonly status: "ONLINE" | "AWAY" | "BUSY";
  readonly currentPage: string | null;
  readonly isEditing: boolean;
  readonly editingField: string | null;
  readonly clients: number;
}

export interface PresenceUpdate {
  readonly room: string;
  readonly snapshot: readonly PresenceUser[] | null;
  readonly joined: readonly PresenceUser[];
  readonly updated: readonly PresenceUser[];
  readonly left: readonly string[];
  readonly totalCount: number;
}

export interface PresenceInput {
  status?: PresenceUser["status"];
  currentPage?: string | null;
  editingField?: string | null;
}

interface PresenceState {
  readonly users: readonly PresenceUser[];
  readonly currentUser: PresenceUser | null;
  readonly totalCount: number;
}

const userFields = `
  fragment UserFields on PresenceUser { id name status currentPage isEditing editingField clients }`;

const presence = gql<PresenceUpdate, { room: string; clientId?: string; state?: PresenceInput }>(
  `subscription Presence($room: ID!, $clientId: ID, $state: PresenceInput) {
    presence(room: $room, clientId: $clientId, state: $state) {
      room snapshot { ...UserFields } joined { ...UserFields } updated { ...UserFields } left totalCount
    }
  }`,
  userFields,
);

const roomState = `{ users { ...UserFields } currentUser { ...UserFields } totalCount }`;

const presenceNow = gql<{ presence: PresenceState }, { room: string }>(
  `query PresenceNow($room: ID!) { presence(room: $room) ${roomState} }`,
  userFields,
);

const heartbeat = gql<{ heartbeat: PresenceState }, { room: string; clientId: string; state?: PresenceInput }>(
  `mutation Beat($room: ID!, $clientId: ID!, $state: PresenceInput) {
    heartbeat(room: $room, clientId: $clientId, state: $state) ${roomState}
  }`,
  userFields,
);

const updatePresence = gql<{ updatePresence: boolean }, { room: string; clientId: string; state: PresenceInput }>(
  `mutation Show($room: ID!, $clientId: ID!, $state: PresenceInput!) {
    updatePresence(room: $room, clientId: $clientId, state: $state)
  }`,
);

const leaveRoom = gql<{ leaveRoom: boolean }, { room: string; clientId: string }>(
  `mutation Leave($room: ID!, $clientId: ID!) { leaveRoom(room: $room, clientId: $clientId) }`,
);

/** Follows a room, and is present in it where a clientId is given. */
export function enter(by: Client, room: string, clientId?: string, state?: PresenceInput): Subscription<PresenceUpdate> {
  return by.follow(presence, { room, ...(clientId !== undefined && { clientId }), ...(state && { state }) });
}

export async function roster(by: Client, room: string): Promise<PresenceState> {
  return (await by.request(presenceNow, { room })).presence;
}

export async function beat(by: Client, room: string, clientId: string, state?: PresenceInput): Promise<PresenceState> {
  return (await by.request(heartbeat, { room, clientId, ...(state && { state }) })).heartbeat;
}

export async function show(by: Client, room: string, clientId: string, state: PresenceInput): Promise<boolean> {
  return (await by.request(updatePresence, { room, clientId, state })).updatePresence;
}

export async function leave(by: Client, room: string, clientId: string): Promise<boolean> {
  return (await by.request(leaveRoom, { room, clientId })).leaveRoom;
}
