// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import java.util.List;

/** Makes messages of the rows of a scan as they come from the database. */
interface ScannedRows<M> {
  /** Takes a row in the binary form of COPY, which begins at {@code from}. */
  void add(byte[] row, int from);

  /** The messages of the rows since the last time, none of them without a row. */
  List<M> take();
}
