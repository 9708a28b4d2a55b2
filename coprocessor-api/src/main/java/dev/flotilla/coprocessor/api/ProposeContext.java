package dev.flotilla.coprocessor.api;

/** Where a hook is called that may still change or refuse what a client asks for. */
public interface ProposeContext extends ObserverContext {}
