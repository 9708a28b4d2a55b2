package dev.flotilla.engine.rocks;

import dev.flotilla.engine.Cf;
import dev.flotilla.engine.EngineException;
import dev.flotilla.engine.FaultListener;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/**
 * One open RocksDB with its families, faults and life. Thread-safe.
 *
 * <p>The native database ends when {@link #lifetime()} is closed and its last user has left.
 */
final class Database {
  private final String name;
  private final RocksDB db;
  private final Map<Cf, ColumnFamilyHandle> families;
  private final NativeHandles handles;
  private final Faults faults;
  private final Lifetime lifetime;
  private final OpenSnapshots snapshots = new OpenSnapshots();

  private Database(
      String name,
      RocksDB db,
      Map<Cf, ColumnFamilyHandle> families,
      NativeHandles handles,
      FaultListener listener) {
    this.name = name;
    this.db = db;
    this.families = families;
    this.handles = handles;
    faults = new Faults(name, listener);
    lifetime = new Lifetime(name, this::free);
  }

  static Database open(
      Path folder,
      List<Cf> cfs,
      Set<Cf> byRegion,
      RocksSettings settings,
      Cache cache,
      FaultListener listener) {
    OpenFailures.requireWritable(folder);
    NativeHandles options = new NativeHandles();
    try {
      DBOptions dbOptions = RocksOptions.database(settings, options);
      ColumnFamilyOptions plain = RocksOptions.family(settings, cache, options);
      ColumnFamilyOptions hinted = RocksOptions.familyByRegion(settings, cache, options);
      List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
      for (Cf cf : cfs) {
        descriptors.add(
            new ColumnFamilyDescriptor(nameBytes(cf), byRegion.contains(cf) ? hinted : plain));
      }
      List<ColumnFamilyHandle> handles = new ArrayList<>();
      RocksDB db = RocksDB.open(dbOptions, folder.toString(), descriptors, handles);
      Map<Cf, ColumnFamilyHandle> families = new EnumMap<>(Cf.class);
      for (int i = 0; i < cfs.size(); i++) {
        families.put(cfs.get(i), handles.get(i));
      }
      return new Database(
          "database " + folder, db, Collections.unmodifiableMap(families), options, listener);
    } catch (RocksDBException e) {
      options.close();
      throw OpenFailures.of(folder, e);
    }
  }

  private static byte[] nameBytes(Cf cf) {
    return cf.diskName().getBytes(StandardCharsets.US_ASCII);
  }

  String name() {
    return name;
  }

  /** The native database; only between enter and exit of {@link #lifetime()}. */
  RocksDB db() {
    return db;
  }

  /** What ends with the database; only to be added to while the engine is being built. */
  NativeHandles handles() {
    return handles;
  }

  Faults faults() {
    return faults;
  }

  Lifetime lifetime() {
    return lifetime;
  }

  OpenSnapshots snapshots() {
    return snapshots;
  }

  List<Cf> cfs() {
    return List.copyOf(families.keySet());
  }

  List<ColumnFamilyHandle> families() {
    return List.copyOf(families.values());
  }

  ColumnFamilyHandle handle(Cf cf) {
    ColumnFamilyHandle handle = families.get(cf);
    if (handle == null) {
      throw new IllegalArgumentException(name + " has no family " + cf.diskName());
    }
    return handle;
  }

  private void free() {
    families.values().forEach(ColumnFamilyHandle::close);
    try {
      db.closeE();
    } catch (RocksDBException e) {
      throw new EngineException("closing " + name + " failed: " + e.getMessage(), e);
    } finally {
      handles.close();
    }
  }
}
