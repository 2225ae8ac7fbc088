// The Ultravox session of one call, with the gaps of ultravox-client 0.5.0 closed.
//
// The SDK opens a second room when the join socket says anything twice, lets errors escape into the page,
// tells no reason for an end and overlooks the end of the room. It is a class with ordinary methods, so each
// gap is closed by overriding the method that has it. The methods are named by version 0.5.0, which
// package.json pins; another version needs the tests of tests/e2e/web-call*.test.mjs again.

import { UltravoxSession } from 'ultravox-client';

export class Session extends UltravoxSession {
  #joined = false;
  #call;

  /** @param call  told what happens: room(room), published(track), socketClosed(event), failed(error), broken(error) */
  constructor(options, call) {
    super(options);
    this.#call = call;
  }

  async handleSocketMessage(event) {
    let message;
    try {
      message = JSON.parse(event.data);
    } catch (error) {
      return this.#call.broken(error);
    }
    if (this.#joined || !message?.roomUrl) return; // not the one room_info
    this.#joined = true;
    try {
      const joining = super.handleSocketMessage(event);
      // The SDK makes the room before it first waits. LiveKit would leave it as soon as the browser asks whether
      // the page may go; our own page leaves when it does go (web-call.js).
      this.room.options.disconnectOnPageLeave = false;
      this.room.on('localTrackPublished', () => {
        if (this.localAudioTrack && this.localAudioTrack.isMuted !== this.isMicMuted) this.#mute(this.isMicMuted);
      });
      this.#call.room(this.room);
      await joining;
      this.#call.published(this.localAudioTrack);
    } catch (error) {
      this.#call.failed(error);
    }
  }
  muteMic() { this.#mute(true); }
  unmuteMic() { this.#mute(false); }
  /** The room hears of it once it knows the track; until then the microphone alone is shut or opened. */
  #mute(muted) {
    const track = this.localAudioTrack;
    if (!track || track.sid) return muted ? super.muteMic() : super.unmuteMic();
    this._isMicMuted = muted;
    track.mediaStreamTrack.enabled = !muted;
  }
  async handleSocketClose(event) {
    this.#call.socketClosed(event); // the call decides, and leaves by itself
  }
  handleDataReceived(payload, participant) {
    try {
      super.handleDataReceived(payload, participant);
    } catch (error) {
      this.#call.broken(error);
    }
  }
}
