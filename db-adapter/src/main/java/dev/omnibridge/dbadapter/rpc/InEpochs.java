// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.rpc;

import dev.omnibridge.api.event.v1.RecordedEvent;
import dev.omnibridge.api.log.v1.AppendResponse;
import dev.omnibridge.api.log.v1.EpochStart;
import dev.omnibridge.api.log.v1.GetPositionsResponse;
import dev.omnibridge.api.log.v1.QueryEventsResponse;
import dev.omnibridge.api.log.v1.ReadStreamResponse;
import dev.omnibridge.api.log.v1.TraceEventsResponse;
import dev.omnibridge.runtime.event.LogEpochs;

/** Says with every position in an answer of which epoch it is. */
record InEpochs(LogEpochs epochs) {

  AppendResponse of(AppendResponse answer) {
    var marked = answer.toBuilder();
    marked
        .getStreamsBuilderList()
        .forEach(stream -> stream.setEpoch(epochs.of(stream.getLane(), stream.getPosition())));
    return marked.build();
  }

  ReadStreamResponse of(ReadStreamResponse answer) {
    var marked = answer.toBuilder();
    marked.getEventsBuilderList().forEach(this::mark);
    return marked.build();
  }

  QueryEventsResponse of(QueryEventsResponse answer) {
    var marked = answer.toBuilder();
    marked.getEventsBuilderList().forEach(this::mark);
    return marked.build();
  }

  TraceEventsResponse of(TraceEventsResponse answer) {
    var marked = answer.toBuilder();
    marked.getEventsBuilderList().forEach(traced -> mark(traced.getEventBuilder()));
    return marked.build();
  }

  private void mark(RecordedEvent.Builder event) {
    event.setEpoch(epochs.of(event.getLane(), event.getPosition()));
  }

  GetPositionsResponse of(GetPositionsResponse answer) {
    var marked = answer.toBuilder();
    for (LogEpochs.Start start : epochs.starts()) {
      marked.addEpochStarts(
          EpochStart.newBuilder()
              .setEpoch(start.epoch())
              .setLane(start.lane())
              .setFirstPosition(start.firstPosition()));
    }
    return marked.build();
  }
}
