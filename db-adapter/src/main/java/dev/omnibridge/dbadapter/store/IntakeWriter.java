// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import dev.omnibridge.dbadapter.log.Append.EventKey;
import dev.omnibridge.dbadapter.log.Append.Partition;
import dev.omnibridge.dbadapter.log.Intake;
import dev.omnibridge.dbadapter.log.IntakePlan;
import dev.omnibridge.dbadapter.log.IntakePlan.Found;
import dev.omnibridge.dbadapter.log.IntakePlan.Grown;
import dev.omnibridge.runtime.Fault;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Stores intakes without letters, each in one transaction. It trusts at first that no event is
 * known: the primary key tells, and then every event is looked for, also in the next few intakes,
 * because duplicates come in crowds. Used by one thread at a time, which it blocks.
 */
final class IntakeWriter {
  private static final int ATTEMPTS = 6;

  /** How many intakes in a row must be new before they are trusted again. */
  private static final int WARY = 8;

  private static final String LOCK_LIMIT = "55P03";

  /** The limits of a statement and of a transaction. */
  private static final Set<String> OVER_LIMIT = Set.of("57014", "25P04");

  /** Opens a connection that commits nothing by itself. */
  @FunctionalInterface
  interface Door {
    Connection open() throws SQLException;
  }

  /** A row that the database will not take. */
  static final class RefusedRow extends Exception {
    private static final long serialVersionUID = 1;
    private final int item;
    private final String state;

    private RefusedRow(int item, SQLException cause) {
      super(cause);
      this.item = item;
      this.state = String.valueOf(cause.getSQLState());
    }

    /** Index of the item; -1 when the database did not say. */
    int item() {
      return item;
    }

    /** Why, as an SQLSTATE. */
    String state() {
      return state;
    }
  }

  /** It took longer than the server allows; nothing of it is stored. */
  static final class TooSlow extends Exception {
    private static final long serialVersionUID = 1;
    private final Fault fault;

    private TooSlow(Fault fault) {
      super(fault);
      this.fault = fault;
    }

    /** What it means to others. */
    Fault fault() {
      return fault;
    }
  }

  private final Door door;
  private final Supplier<UUID> ids;
  private final StreamHeads remembered = new StreamHeads();
  private final CopyRows rows = new CopyRows();
  private @Nullable Connection open;
  private int wary;

  IntakeWriter(Door door, Supplier<UUID> ids) {
    this.door = door;
    this.ids = ids;
  }

  /**
   * Stores the intake. Fails with UNAVAILABLE when the database is away, with CONFLICT when another
   * consumer has moved a position, with a refused row when that is what the database refuses, as
   * too slow when the server has cut it off: then less of it may do.
   */
  void store(Intake intake) throws RefusedRow, TooSlow {
    SortedSet<Integer> lanes = new TreeSet<>(Set.of(intake.lane()));
    for (int attempt = 1; ; attempt++) {
      IntakePlan plan = null;
      try {
        Connection connection = connection();
        var transaction = new IntakeTransaction(connection);
        Found found = find(transaction, intake, lanes);
        Set<Integer> elsewhere = IntakePlan.elsewhere(found);
        if (elsewhere.isEmpty()) {
          plan = new IntakePlan(intake, found);
          transaction.write(plan, intake.moves(), ids.get(), rows);
          connection.commit();
          done(plan);
          return;
        }
        lanes.addAll(elsewhere);
        connection.rollback();
      } catch (SQLException failure) {
        failed(failure, plan, attempt);
      } catch (Fault moved) {
        rollback(moved);
        throw moved;
      } catch (RuntimeException broken) {
        drop();
        throw broken;
      }
    }
  }

  private Found find(IntakeTransaction transaction, Intake intake, SortedSet<Integer> lanes)
      throws SQLException {
    Map<Integer, Long> heads = transaction.lockLanes(lanes);
    Map<Partition, Long> stored = transaction.lockPositions(intake.moves());
    @Nullable Fault moved = IntakePlan.refusal(intake.moves(), stored);
    if (moved != null) {
      throw moved;
    }
    remembered.keepIfAt(heads);
    List<UUID> unknown = remembered.missing(intake);
    remembered.add(transaction.streams(unknown));
    Set<EventKey> known = wary > 0 ? transaction.known(keys(intake)) : Set.of();
    return new Found(heads, remembered.of(intake), known);
  }

  private static List<EventKey> keys(Intake intake) {
    var keys = new ArrayList<EventKey>(intake.items().size());
    for (Intake.Item item : intake.items()) {
      if (item instanceof Intake.Event event) {
        keys.add(event.row().key());
      }
    }
    return keys;
  }

  private void done(IntakePlan plan) {
    wary = plan.skipped() > 0 ? WARY : Math.max(0, wary - 1);
    for (Grown grown : plan.grown()) {
      remembered.grown(grown);
    }
    remembered.left(plan.movedLanes());
  }

  /** Returns when the same is worth another try. */
  private void failed(SQLException failure, @Nullable IntakePlan plan, int attempt)
      throws RefusedRow, TooSlow {
    remembered.clear();
    switch (Failures.of(failure)) {
      case DUPLICATE -> {
        wary = WARY;
        rollback(failure);
        if (attempt >= ATTEMPTS) {
          throw Fault.broken(failure);
        }
      }
      case RACE -> {
        rollback(failure);
        if (attempt >= ATTEMPTS) {
          throw Failures.away(failure);
        }
        if (LOCK_LIMIT.equals(failure.getSQLState())) {
          endStalled(failure);
        }
      }
      case AWAY -> {
        drop();
        if (OVER_LIMIT.contains(String.valueOf(failure.getSQLState()))) {
          throw new TooSlow(Failures.away(failure));
        }
        throw Failures.away(failure);
      }
      case REJECTED -> {
        rollback(failure);
        if (!Failures.isPoison(failure)) {
          throw Fault.broken(failure);
        }
        throw new RefusedRow(item(plan, Failures.line(failure)), failure);
      }
    }
  }

  private void endStalled(Exception why) {
    Connection current = open;
    try {
      if (current != null) {
        StalledCopies.end(current);
      }
    } catch (SQLException gone) {
      why.addSuppressed(gone);
      drop();
    }
  }

  private static int item(@Nullable IntakePlan plan, int line) {
    return plan == null || line < 1 || line > plan.rows().size()
        ? -1
        : plan.rows().get(line - 1).item();
  }

  private Connection connection() throws SQLException {
    Connection current = open;
    if (current == null || current.isClosed()) {
      remembered.clear();
      current = door.open();
      open = current;
    }
    return current;
  }

  private void rollback(Exception why) {
    Connection current = open;
    try {
      if (current != null) {
        current.rollback();
      }
    } catch (SQLException gone) {
      why.addSuppressed(gone);
      drop();
    }
  }

  /** Never uses this connection again; the server ends what it may still be doing. */
  void drop() {
    Connection lost = open;
    open = null;
    remembered.clear();
    if (lost != null) {
      try {
        lost.abort(Runnable::run);
      } catch (SQLException gone) {
        // It is what was wanted.
        return;
      }
    }
  }
}
