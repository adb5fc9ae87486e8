export { RealtimeProvider, type RealtimeProviderProps } from "./provider/RealtimeProvider.js";
export { useAnnounce, useTandem, type TandemClient } from "./provider/context.js";
export { useRealtime, type Realtime } from "./provider/useRealtime.js";
export type { Messages } from "./messages/messages.js";
export { english } from "./messages/english.js";

export { useConnectionStatus } from "./live/useConnectionStatus.js";
export { useOutbox, type OutboxView } from "./live/useOutbox.js";
export { useLiveData, type LiveData, type LiveDataOptions } from "./live/useLiveData.js";
export type { EntityKey } from "./live/entityKey.js";
export { useLiveList, type ListView } from "./live/useLiveList.js";
export { useActivity } from "./live/useActivity.js";
export { useNotifications, type InboxView } from "./live/useNotifications.js";
export { usePresence, type PresenceView } from "./live/usePresence.js";
export { useConflict, type ConflictView } from "./live/useConflict.js";

export { Avatar, type AvatarProps } from "./people/Avatar.js";
export { initials, personColor } from "./people/person.js";
export { PresenceIndicator, type PresenceIndicatorProps } from "./people/PresenceIndicator.js";
export { ConnectionStatus, type ConnectionStatusProps } from "./connection/ConnectionStatus.js";
export { FieldPresence, type FieldPresenceProps } from "./people/FieldPresence.js";

export { CollaborativeForm, type CollaborativeFormProps } from "./form/CollaborativeForm.js";
export { useCollaborativeField, type CollaborativeField } from "./form/useCollaborativeField.js";
export { useCollaborativeForm, type CollaborativeFormState } from "./form/context.js";
export type { ConflictDecision, ConflictHandler } from "./live/useConflictHandler.js";
export { ConflictResolutionModal, type ConflictResolutionModalProps } from "./conflict/ConflictResolutionModal.js";
export type { RenderCustom } from "./conflict/FieldChoice.js";

export { NotificationCenter, type NotificationCenterProps } from "./notifications/NotificationCenter.js";
export { pushProblem } from "./notifications/pushProblem.js";
export { SnoozeMenu, type SnoozeMenuProps } from "./notifications/SnoozeMenu.js";
export { SnoozeNotice } from "./notifications/SnoozeNotice.js";
export { useSeen } from "./notifications/useSeen.js";
export { useSnoozing, type Snoozing } from "./notifications/useSnoozing.js";
export { useMoment } from "./values/when.js";
export { ActivityFeed, type ActivityFeedProps } from "./activity/ActivityFeed.js";
export type { ActivityFilter } from "./activity/filters.js";
