package dev.flotilla.coprocessor.api;

/** This store's replica of a region took another role. */
public record RoleChange(Role role) {}
