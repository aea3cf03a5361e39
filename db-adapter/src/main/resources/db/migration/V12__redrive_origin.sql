-- SPDX-License-Identifier: Apache-2.0
-- Letters of the same record, which several consumers gave up: a redrive of one takes all of them along.
create index dead_letters_by_record on dead_letters (cluster_id, topic_id, partition, record_offset);
