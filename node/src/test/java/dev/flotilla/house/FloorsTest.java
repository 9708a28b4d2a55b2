package dev.flotilla.house;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The floors of the node: arrows point down, and below the shell there is no outside world. */
@AnalyzeClasses(
    packages = "dev.flotilla",
    importOptions = {ImportOption.DoNotIncludeTests.class})
class FloorsTest {
  private static final String[] ZONE = {
    "dev.flotilla.config..",
    "dev.flotilla.raft..",
    "dev.flotilla.engine",
    "dev.flotilla.raftstore..",
    "dev.flotilla.coprocessor",
    "dev.flotilla.kv..",
    "dev.flotilla.pd..",
  };

  @ArchTest
  static final ArchRule arrowsPointDown =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("node")
          .definedBy("dev.flotilla.node..")
          .layer("verticle")
          .definedBy("dev.flotilla.verticle..")
          .layer("server")
          .definedBy("dev.flotilla.server..")
          .layer("kv")
          .definedBy("dev.flotilla.kv..")
          .layer("pd")
          .definedBy("dev.flotilla.pd..")
          .layer("store")
          .definedBy("dev.flotilla.raftstore.store..")
          .layer("peer")
          .definedBy("dev.flotilla.raftstore.peer..")
          .layer("task")
          .definedBy("dev.flotilla.raftstore.task..")
          .layer("storage")
          .definedBy("dev.flotilla.raftstore.storage..")
          .layer("apply")
          .definedBy("dev.flotilla.raftstore.apply..")
          .layer("snap")
          .definedBy("dev.flotilla.raftstore.snap..")
          .layer("security")
          .definedBy("dev.flotilla.security..")
          .layer("rocks")
          .definedBy("dev.flotilla.engine.rocks..")
          .whereLayer("node")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("verticle")
          .mayOnlyBeAccessedByLayers("node")
          .whereLayer("server")
          .mayOnlyBeAccessedByLayers("node", "verticle")
          .whereLayer("kv")
          .mayOnlyBeAccessedByLayers("node", "verticle", "server")
          .whereLayer("pd")
          .mayOnlyBeAccessedByLayers("node", "verticle", "server")
          .whereLayer("store")
          .mayOnlyBeAccessedByLayers("node", "verticle", "server", "kv", "pd")
          .whereLayer("peer")
          .mayOnlyBeAccessedByLayers("node", "verticle", "store")
          .whereLayer("task")
          .mayOnlyBeAccessedByLayers("verticle", "store", "peer")
          .whereLayer("apply")
          .mayOnlyBeAccessedByLayers("verticle", "store", "peer")
          .whereLayer("storage")
          .mayOnlyBeAccessedByLayers("store", "peer", "pd")
          .whereLayer("snap")
          .mayOnlyBeAccessedByLayers("node", "verticle", "server", "store", "peer", "storage")
          .whereLayer("security")
          .mayOnlyBeAccessedByLayers("node", "verticle", "server")
          .whereLayer("rocks")
          .mayOnlyBeAccessedByLayers("node");

  @ArchTest
  static final ArchRule noCycles = slices().matching("dev.flotilla.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule theZoneHasNoOutsideWorld =
      noClasses()
          .that()
          .resideInAnyPackage(ZONE)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.vertx..", "org.rocksdb..", "org.pf4j..", "java.net..", "java.util.concurrent")
          .orShould()
          .dependOnClassesThat()
          .haveNameMatching("java\\.nio\\.channels\\.(.*Socket.*|.*Select.*|Asynchronous.*|Pipe.*)")
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.lang.Thread")
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.util.Random")
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.util.Timer");

  @ArchTest
  static final ArchRule theZoneReadsNoClock =
      noClasses()
          .that()
          .resideInAnyPackage(ZONE)
          .should()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(java.time.Instant.class, "now")
          .orShould()
          .callMethod(Math.class, "random");

  @ArchTest
  static final ArchRule raftKnowsOnlyTheJdk =
      noClasses()
          .that()
          .resideInAPackage("dev.flotilla.raft")
          .should()
          .dependOnClassesThat()
          .resideOutsideOfPackages("dev.flotilla.raft", "java..", "org.jspecify..");

  @ArchTest
  static final ArchRule thePluginApiKnowsNothingOfTheNode =
      noClasses()
          .that()
          .resideInAPackage("dev.flotilla.coprocessor.api..")
          .should()
          .dependOnClassesThat()
          .resideOutsideOfPackages(
              "dev.flotilla.coprocessor.api..",
              "java..",
              "org.jspecify..",
              "org.pf4j..",
              "org.slf4j..");
}
