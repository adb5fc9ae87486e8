/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { Document } from "@tandem/client";
/** A comment to add. */
export type AddCommentInput = {
  /** 1 to 10,000 characters, not only blanks. Line breaks and tabs are allowed, other control characters are not. */
  body: string;
  /**
   * A key of at most 128 bytes that makes it safe to send this mutation again; use a new UUID for each mutation. The same
   * key with the same input is applied once; with any other input it is InvalidInput. Without a key, every time counts as
   * a new mutation.
   */
  clientMutationId?: string | null | undefined;
  /** The entity that it is about. */
  entityId: string;
  /** At most 50 members of the organization, none twice. Each is notified. */
  mentionIds?: Array<string> | null | undefined;
};

/** A choice of channels for one kind. */
export type ChannelPreferenceInput = {
  /** Empty: you receive none. Null: the default again. The order does not matter, and repetitions count once. */
  channels?: Array<NotificationChannel> | null | undefined;
  /** A kind that comes twice in a list is InvalidInput. */
  kind: NotificationKind;
};

/** How often you get an e-mail with the notifications whose channel is EMAIL. One without any is not sent. */
export type DigestFrequency =
  /** Every day at 08:00 in your time zone. */
  | 'DAILY'
  /** Every hour. */
  | 'HOURLY'
  /** Never. This is the default. */
  | 'NONE';

/** A way in which a notification reaches you. */
export type NotificationChannel =
  /** It is in your next digest by e-mail. Without a digest, or where EMAIL is not in `availableChannels`, nothing is sent. */
  | 'EMAIL'
  /** It is in your list of notifications, and counts as unread. */
  | 'IN_APP'
  /** It is pushed to your browsers and devices. See `registerPushSubscription`. */
  | 'PUSH';

/** The reason for a notification. A change notifies a person at most once, for the first of these reasons that applies. */
export type NotificationKind =
  /**
   * Your access changed: your role changed, a grant gave you access, or you can no longer see an entity. In the last case
   * the notification does not name the entity.
   */
  | 'ACCESS_CHANGED'
  /** You became the owner of an entity, or were invited to a meeting. */
  | 'ASSIGNMENT'
  /** Somebody commented on an entity that you own, created or commented on. */
  | 'COMMENT'
  /** Your edit was not applied because it conflicts with an earlier one, or somebody's edit conflicts with yours. */
  | 'CONFLICT'
  /** Somebody else resolved a conflict that one of your edits was in. */
  | 'CONFLICT_RESOLVED'
  /** An entity that you own, or a meeting that you were invited to, was deleted. */
  | 'ENTITY_DELETED'
  /** A comment names you. */
  | 'MENTION'
  /** An entity that you watch was changed, deleted, restored or commented on, and none of the other reasons applies. */
  | 'WATCHED';

/** Changes of your preferences. A field that is left out stays. */
export type NotificationPreferencesInput = {
  /** The kinds to choose channels for. Null means none; the others stay. */
  channels?: Array<ChannelPreferenceInput> | null | undefined;
  /** Null: it stays. Any other value, also the one that you have, takes `refusedEmail` back. */
  digest?: DigestFrequency | null | undefined;
  /** Null: no quiet hours. */
  quietHours?: QuietHoursInput | null | undefined;
  /** An IANA name; anything else is InvalidInput. Null: it stays. */
  timeZone?: string | null | undefined;
};

/** A part of every day in which nothing is pushed or mailed. */
export type QuietHoursInput = {
  /** From 00:00 to 23:59, always five characters. Anything else is InvalidInput. */
  from: string;
  /** Like `from`, and different from it; otherwise InvalidInput. An earlier time is one of the next day. */
  to: string;
};

/** Which changes of an entity notify you. */
export type WatchState =
  /** Nothing, except mentions and assignments of you. See `mute`. */
  | 'MUTED'
  /** Only what concerns you: the other reasons of `NotificationKind`. */
  | 'NONE'
  /** Everything that happens to it. An owner watches what they own, unless they called `unwatch`. */
  | 'WATCHING';

export type LabPositionQueryVariables = Exact<{ [key: string]: never; }>;


export type LabPositionQuery = { customers: { asOf: string } };

export type LabChangesSubscriptionVariables = Exact<{
  after?: string | null | undefined;
}>;


export type LabChangesSubscription = { entityChanged:
    | { cursor: string, entityId: string, version: number }
    | { cursor: string, entityId: string, version: number }
    | { cursor: string, entityId: string, version: number }
    | { cursor: string, entityId: string, version: number }
   };

export type ChangesSinceQueryVariables = Exact<{
  after: string;
  first: number;
}>;


export type ChangesSinceQuery = { changes: { endCursor: string, hasMore: boolean, changes: Array<
      | { cursor: string, entityId: string, version: number }
      | { cursor: string, entityId: string, version: number }
      | { cursor: string, entityId: string, version: number }
      | { cursor: string, entityId: string, version: number }
    > } };

export type AddCommentMutationVariables = Exact<{
  input: AddCommentInput;
}>;


export type AddCommentMutation = { addComment:
    | { __typename: 'AccessDenied', message: string }
    | { __typename: 'CommentAdded' }
    | { __typename: 'EntityGone', message: string }
    | { __typename: 'InvalidInput', message: string, fields: Array<{ field: string }> }
   };

export type StateAtQueryVariables = Exact<{
  id: string;
  version: number;
}>;


export type StateAtQuery = { customer: { id: string, stateAt: { id: string, version: number, document: unknown, updatedAt: string, updatedBy: { id: string, name: string, avatar: string | null } | null } | null } | null };

export type MembersQueryVariables = Exact<{ [key: string]: never; }>;


export type MembersQuery = { viewer: { id: string, organization: { id: string, members: { nodes: Array<{ id: string, user: { id: string, name: string, avatar: string | null } }> } } } };

export type PreferencesFragment = { availableChannels: Array<NotificationChannel>, timeZone: string, isTimeZoneDefault: boolean, digest: DigestFrequency, refusedEmail: string | null, channels: Array<{ kind: NotificationKind, channels: Array<NotificationChannel>, isDefault: boolean }>, quietHours: { from: string, to: string } | null, mutes: Array<{ until: string | null, entity:
      | { __typename: 'Call', id: string, displayName: string }
      | { __typename: 'Customer', id: string, displayName: string }
      | { __typename: 'Deal', id: string, displayName: string }
      | { __typename: 'Meeting', id: string, displayName: string }
     }>, pushContent: { isShown: boolean, isChosen: boolean } };

export type DefaultFragment = { kind: NotificationKind, channels: Array<NotificationChannel>, isChosen: boolean, serverChannels: Array<NotificationChannel> };

export type PreferencesQueryVariables = Exact<{ [key: string]: never; }>;


export type PreferencesQuery = { notificationPreferences: { availableChannels: Array<NotificationChannel>, timeZone: string, isTimeZoneDefault: boolean, digest: DigestFrequency, refusedEmail: string | null, channels: Array<{ kind: NotificationKind, channels: Array<NotificationChannel>, isDefault: boolean }>, quietHours: { from: string, to: string } | null, mutes: Array<{ until: string | null, entity:
        | { __typename: 'Call', id: string, displayName: string }
        | { __typename: 'Customer', id: string, displayName: string }
        | { __typename: 'Deal', id: string, displayName: string }
        | { __typename: 'Meeting', id: string, displayName: string }
       }>, pushContent: { isShown: boolean, isChosen: boolean } }, notificationDefaults: Array<{ kind: NotificationKind, channels: Array<NotificationChannel>, isChosen: boolean, serverChannels: Array<NotificationChannel> }> };

export type ChannelsQueryVariables = Exact<{ [key: string]: never; }>;


export type ChannelsQuery = { notificationPreferences: { channels: Array<{ kind: NotificationKind, channels: Array<NotificationChannel> }> } };

export type SetPreferencesMutationVariables = Exact<{
  input: NotificationPreferencesInput;
}>;


export type SetPreferencesMutation = { setNotificationPreferences:
    | { __typename: 'InvalidInput', message: string }
    | { __typename: 'NotificationPreferencesSaved', preferences: { availableChannels: Array<NotificationChannel>, timeZone: string, isTimeZoneDefault: boolean, digest: DigestFrequency, refusedEmail: string | null, channels: Array<{ kind: NotificationKind, channels: Array<NotificationChannel>, isDefault: boolean }>, quietHours: { from: string, to: string } | null, mutes: Array<{ until: string | null, entity:
            | { __typename: 'Call', id: string, displayName: string }
            | { __typename: 'Customer', id: string, displayName: string }
            | { __typename: 'Deal', id: string, displayName: string }
            | { __typename: 'Meeting', id: string, displayName: string }
           }>, pushContent: { isShown: boolean, isChosen: boolean } } }
   };

export type SetDefaultsMutationVariables = Exact<{
  channels: Array<ChannelPreferenceInput> | ChannelPreferenceInput;
}>;


export type SetDefaultsMutation = { setNotificationDefaults:
    | { __typename: 'InvalidInput', message: string }
    | { __typename: 'NotificationPreferencesSaved', preferences: { availableChannels: Array<NotificationChannel>, timeZone: string, isTimeZoneDefault: boolean, digest: DigestFrequency, refusedEmail: string | null, channels: Array<{ kind: NotificationKind, channels: Array<NotificationChannel>, isDefault: boolean }>, quietHours: { from: string, to: string } | null, mutes: Array<{ until: string | null, entity:
            | { __typename: 'Call', id: string, displayName: string }
            | { __typename: 'Customer', id: string, displayName: string }
            | { __typename: 'Deal', id: string, displayName: string }
            | { __typename: 'Meeting', id: string, displayName: string }
           }>, pushContent: { isShown: boolean, isChosen: boolean } } }
   };

export type SetPushContentMutationVariables = Exact<{
  isShown?: boolean | null | undefined;
}>;


export type SetPushContentMutation = { setNotificationDefaults:
    | { __typename: 'InvalidInput', message: string }
    | { __typename: 'NotificationPreferencesSaved', preferences: { availableChannels: Array<NotificationChannel>, timeZone: string, isTimeZoneDefault: boolean, digest: DigestFrequency, refusedEmail: string | null, channels: Array<{ kind: NotificationKind, channels: Array<NotificationChannel>, isDefault: boolean }>, quietHours: { from: string, to: string } | null, mutes: Array<{ until: string | null, entity:
            | { __typename: 'Call', id: string, displayName: string }
            | { __typename: 'Customer', id: string, displayName: string }
            | { __typename: 'Deal', id: string, displayName: string }
            | { __typename: 'Meeting', id: string, displayName: string }
           }>, pushContent: { isShown: boolean, isChosen: boolean } } }
   };

export type UnmuteMutationVariables = Exact<{
  id: string;
}>;


export type UnmuteMutation = { unmute: boolean };

export type WatchStateQueryVariables = Exact<{
  id: string;
}>;


export type WatchStateQuery = { node:
    | { id: string }
    | { viewerWatch: WatchState, id: string }
    | { id: string }
    | { id: string }
    | { viewerWatch: WatchState, id: string }
    | { id: string }
    | { viewerWatch: WatchState, id: string }
    | { id: string }
    | { viewerWatch: WatchState, id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
   | null };

export type WatchMutationVariables = Exact<{
  id: string;
}>;


export type WatchMutation = { watch: boolean };

export type UnwatchMutationVariables = Exact<{
  id: string;
}>;


export type UnwatchMutation = { unwatch: boolean };

export type MuteMutationVariables = Exact<{
  id: string;
  until?: string | null | undefined;
}>;


export type MuteMutation = { mute: boolean };

export const LabPositionDocument = "query LabPosition{customers(first:0){asOf}}" as Document<LabPositionQuery, LabPositionQueryVariables>;

export const LabChangesDocument = "subscription LabChanges($after:Cursor){entityChanged(after:$after){cursor entityId version}}" as Document<LabChangesSubscription, LabChangesSubscriptionVariables>;

export const ChangesSinceDocument = "query ChangesSince($after:Cursor!$first:Int!){changes(after:$after first:$first){changes{cursor entityId version}endCursor hasMore}}" as Document<ChangesSinceQuery, ChangesSinceQueryVariables>;

export const AddCommentDocument = "mutation AddComment($input:AddCommentInput!){addComment(input:$input){__typename ...on Problem{message}...on InvalidInput{fields{field}}}}" as Document<AddCommentMutation, AddCommentMutationVariables>;

export const StateAtDocument = "query StateAt($id:ID!$version:Int!){customer(id:$id){id stateAt(version:$version){id version document updatedAt updatedBy{id name avatar}}}}" as Document<StateAtQuery, StateAtQueryVariables>;

export const MembersDocument = "query Members{viewer{id organization{id members(first:100){nodes{id user{id name avatar}}}}}}" as Document<MembersQuery, MembersQueryVariables>;

export const PreferencesDocument = "query Preferences{notificationPreferences{...Preferences}notificationDefaults{...Default}}fragment Preferences on NotificationPreferences{channels{kind channels isDefault}availableChannels quietHours{from to}timeZone isTimeZoneDefault digest refusedEmail mutes{entity{__typename id displayName}until}pushContent{isShown isChosen}}fragment Default on ChannelDefault{kind channels isChosen serverChannels}" as Document<PreferencesQuery, PreferencesQueryVariables>;

export const ChannelsDocument = "query Channels{notificationPreferences{channels{kind channels}}}" as Document<ChannelsQuery, ChannelsQueryVariables>;

export const SetPreferencesDocument = "mutation SetPreferences($input:NotificationPreferencesInput!){setNotificationPreferences(input:$input){__typename ...on NotificationPreferencesSaved{preferences{...Preferences}}...on InvalidInput{message}}}fragment Preferences on NotificationPreferences{channels{kind channels isDefault}availableChannels quietHours{from to}timeZone isTimeZoneDefault digest refusedEmail mutes{entity{__typename id displayName}until}pushContent{isShown isChosen}}" as Document<SetPreferencesMutation, SetPreferencesMutationVariables>;

export const SetDefaultsDocument = "mutation SetDefaults($channels:[ChannelPreferenceInput!]!){setNotificationDefaults(channels:$channels){__typename ...on NotificationPreferencesSaved{preferences{...Preferences}}...on InvalidInput{message}}}fragment Preferences on NotificationPreferences{channels{kind channels isDefault}availableChannels quietHours{from to}timeZone isTimeZoneDefault digest refusedEmail mutes{entity{__typename id displayName}until}pushContent{isShown isChosen}}" as Document<SetDefaultsMutation, SetDefaultsMutationVariables>;

export const SetPushContentDocument = "mutation SetPushContent($isShown:Boolean){setNotificationDefaults(channels:[]pushContent:$isShown){__typename ...on NotificationPreferencesSaved{preferences{...Preferences}}...on InvalidInput{message}}}fragment Preferences on NotificationPreferences{channels{kind channels isDefault}availableChannels quietHours{from to}timeZone isTimeZoneDefault digest refusedEmail mutes{entity{__typename id displayName}until}pushContent{isShown isChosen}}" as Document<SetPushContentMutation, SetPushContentMutationVariables>;

export const UnmuteDocument = "mutation Unmute($id:ID!){unmute(entityId:$id)}" as Document<UnmuteMutation, UnmuteMutationVariables>;

export const WatchStateDocument = "query WatchState($id:ID!){node(id:$id){id ...on Entity{viewerWatch}}}" as Document<WatchStateQuery, WatchStateQueryVariables>;

export const WatchDocument = "mutation Watch($id:ID!){watch(entityId:$id)}" as Document<WatchMutation, WatchMutationVariables>;

export const UnwatchDocument = "mutation Unwatch($id:ID!){unwatch(entityId:$id)}" as Document<UnwatchMutation, UnwatchMutationVariables>;

export const MuteDocument = "mutation Mute($id:ID!$until:DateTime){mute(entityId:$id until:$until)}" as Document<MuteMutation, MuteMutationVariables>;