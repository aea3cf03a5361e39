// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import dev.omnibridge.api.directory.v1.Instance.Source;
import dev.omnibridge.api.intelligence.v1.IntelligenceServiceGrpc;
import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.api.stamping.v1.StampingServiceGrpc;
import dev.omnibridge.api.state.v1.StateServiceGrpc;
import dev.omnibridge.api.workflow.v1.WorkflowServiceGrpc;
import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.bridge.Setting;
import dev.omnibridge.bridge.client.Crew;
import dev.omnibridge.bridge.client.Health;
import dev.omnibridge.bridge.client.Whereabouts;
import dev.omnibridge.bridge.client.Whereabouts.Place;
import dev.omnibridge.bridge.view.Palette;
import dev.omnibridge.bridge.view.Table;
import dev.omnibridge.bridge.view.Table.Cell;
import dev.omnibridge.runtime.rpc.Peer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows which services are where, and whether they serve. */
@Command(
    name = "services",
    description = {
      "Shows the instances of every service that one process of the suite knows, and asks each for"
          + " its health, for one second.",
      "Ends with 4 unless each of the five services has an instance that serves."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./bridge services",
      "  ./bridge services --address a.example:8060,b.example:8060 -o json"
    })
final class ServicesCommand implements Callable<Integer> {
  private static final Duration HEALTH_LIMIT = Duration.ofSeconds(1);
  private static final int AT_ONCE = 16;

  private final Setting setting;

  @Mixin private ClientOptions client = new ClientOptions();

  ServicesCommand(Setting setting) {
    this.setting = setting;
  }

  /** An instance, and how it is; where none is known the address is empty. */
  private record Seen(String service, String address, String source, int shards, Health health) {}

  @Override
  public Integer call() {
    // How it is now, not in a while.
    try (Session session = client.open(setting, Duration.ZERO)) {
      Whereabouts known = session.client().whereabouts();
      List<Place> places = places(session, known);
      List<Seen> seen = Crew.map(places, AT_ONCE, place -> look(session, place));
      List<String> lacking = lacking(seen);
      if (session.json()) {
        print(session, known, seen, lacking);
      } else {
        session.table(table(session.palette(), seen));
        session.remark(remark(known, lacking));
      }
      return lacking.isEmpty() ? ExitCode.OK.code() : ExitCode.UNREACHABLE.code();
    }
  }

  /** By service; what a variable names comes before what the process says. */
  private static List<Place> places(Session session, Whereabouts known) {
    var apart = session.client().addresses().apart();
    var places = new ArrayList<Place>();
    for (Peer peer : Peer.values()) {
      List<String> named = apart.getOrDefault(peer, List.of());
      named.forEach(address -> places.add(place(peer, address, Source.SOURCE_CONFIGURED)));
      if (named.isEmpty()) {
        known.places().stream()
            .filter(place -> place.service().equals(peer.service()))
            .forEach(places::add);
      }
      if (places.stream().noneMatch(place -> place.service().equals(peer.service()))) {
        places.add(place(peer, "", Source.SOURCE_UNSPECIFIED));
      }
    }
    return places;
  }

  private static Place place(Peer peer, String address, Source source) {
    return new Place(peer.service(), address, source, 0);
  }

  private static Seen look(Session session, Place place) {
    Health health =
        place.address().isEmpty()
            ? Health.NOT_OFFERED
            : session.client().health(place.address(), grpcName(place.service()), HEALTH_LIMIT);
    return new Seen(place.service(), place.address(), name(place.source()), place.shards(), health);
  }

  /** The gRPC service by whose health that of the whole is judged. */
  private static String grpcName(String service) {
    Peer peer =
        Arrays.stream(Peer.values())
            .filter(one -> one.service().equals(service))
            .findFirst()
            .orElseThrow();
    return switch (peer) {
      case ORCHESTRATOR -> WorkflowServiceGrpc.SERVICE_NAME;
      case DB_ADAPTER -> LogServiceGrpc.SERVICE_NAME;
      case REDUCER -> StateServiceGrpc.SERVICE_NAME;
      case STAMPING -> StampingServiceGrpc.SERVICE_NAME;
      case INTELLIGENCE -> IntelligenceServiceGrpc.SERVICE_NAME;
    };
  }

  private static List<String> lacking(List<Seen> seen) {
    return Arrays.stream(Peer.values())
        .map(Peer::service)
        .filter(service ->
            seen.stream()
                .noneMatch(one -> one.service().equals(service) && one.health() == Health.SERVING))
        .toList();
  }

  private static Table table(Palette palette, List<Seen> seen) {
    var table = new Table(palette, "SERVICE", "ADDRESS", "KNOWN BY", ">SHARDS", "HEALTH");
    for (Seen one : seen) {
      String address = one.address().isEmpty() ? "-" : one.address();
      String shards = one.shards() == 0 ? "" : Integer.toString(one.shards());
      table.row(one.service(), address, one.source(), shards, health(palette, one));
    }
    return table;
  }

  private static Cell health(Palette palette, Seen one) {
    String text = one.address().isEmpty() ? "missing" : lower(one.health());
    return new Cell(text, one.health() == Health.SERVING ? palette::green : palette::red);
  }

  private static String remark(Whereabouts known, List<String> lacking) {
    String who =
        known.told()
            ? "As %s knows it, %s a cluster."
                .formatted(known.asked(), known.clustered() ? "a member of" : "without")
            : known.asked() + " keeps no directory; everything is taken to be there.";
    return lacking.isEmpty()
        ? who
        : "%s No instance serves: %s.".formatted(who, String.join(", ", lacking));
  }

  private static void print(
      Session session, Whereabouts known, List<Seen> seen, List<String> lacking) {
    var document = session.object();
    document.put("asked", known.asked());
    document.put("clustered", known.clustered());
    var instances = document.putArray("instances");
    for (Seen one : seen) {
      if (!one.address().isEmpty()) {
        instances
            .addObject()
            .put("service", one.service())
            .put("address", one.address())
            .put("source", one.source())
            .put("shards", one.shards())
            .put("health", one.health().name());
      }
    }
    var without = document.putArray("notServing");
    lacking.forEach(without::add);
    session.document(document);
  }

  private static String name(Source source) {
    return switch (source) {
      case SOURCE_CONFIGURED -> "configuration";
      case SOURCE_CLUSTER -> "cluster";
      case SOURCE_DEFAULT -> "default";
      case SOURCE_LOCAL -> "itself";
      case SOURCE_UNSPECIFIED, UNRECOGNIZED -> "-";
    };
  }

  private static String lower(Health health) {
    return health.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
