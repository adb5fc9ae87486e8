export { createWebSocketManager, type WebSocketManager } from "./manager.js";
export type { ConflictUpdate, DataUpdate, MessageCallback, MessageType, RealtimeMessage, SentMessage, SystemUpdate } from "./message.js";
