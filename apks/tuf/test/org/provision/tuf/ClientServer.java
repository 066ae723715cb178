package org.provision.tuf;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The client behind `scripts/tuf_client`, one process for many calls. A call is its caller's time in seconds, the
 * number of its words, and its words, a line each; the answer is `0` or `1` and what happened. It ends after a minute
 * alone.
 */
public final class ClientServer {
    private static final int ALONE = 60_000;

    private final String metadata;
    private final String metadataAddress;
    private final String targets;
    private final String targetsAddress;
    private final Pace pace;
    private final List<String> names = new ArrayList<>();
    private final List<String> words = new ArrayList<>();

    private ClientServer(List<String> arguments) {
        List<String> options =
                Arrays.asList("--metadata-dir", "--metadata-url", "--target-dir", "--target-base-url", "--grace");
        String[] values = new String[options.size()];
        for (int i = 0; i < arguments.size(); i++) {
            int option = options.indexOf(arguments.get(i));
            if (option >= 0) {
                values[option] = arguments.get(++i);
            } else if (arguments.get(i).equals("--target-name")) {
                names.add(arguments.get(++i));
            } else {
                words.add(arguments.get(i));
            }
        }
        this.metadata = values[0];
        this.metadataAddress = values[1];
        this.targets = values[2];
        this.targetsAddress = values[3];
        this.pace = values[4] == null ? Pace.USUAL : new Pace(Long.parseLong(values[4]), 2048);
    }

    /** @param arguments the file that takes the port */
    public static void main(String[] arguments) throws IOException {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            server.setSoTimeout(ALONE);
            File part = new File(arguments[0] + ".part");
            Files.write(part.toPath(), String.valueOf(server.getLocalPort()).getBytes(StandardCharsets.US_ASCII));
            part.renameTo(new File(arguments[0]));
            while (true) {
                final Socket caller = server.accept();
                new Thread() {
                    @Override
                    public void run() {
                        answer(caller);
                    }
                }.start();
            }
        } catch (SocketTimeoutException alone) {
            Files.deleteIfExists(Paths.get(arguments[0]));
        }
    }

    /** A caller that went away gets no answer. */
    private static void answer(Socket caller) {
        try {
            serve(caller);
            caller.close();
        } catch (IOException gone) {
            System.err.println(gone);
        }
    }

    private static void serve(Socket caller) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(caller.getInputStream(), StandardCharsets.UTF_8));
        long now = Long.parseLong(in.readLine()) * 1000;
        List<String> arguments = new ArrayList<>();
        for (int left = Integer.parseInt(in.readLine()); left > 0; left--) {
            arguments.add(in.readLine());
        }
        String told;
        try {
            told = "0\n" + new ClientServer(arguments).run(now);
        } catch (TufException | IOException | RuntimeException error) {
            told = "1\n" + error;
        }
        OutputStream out = caller.getOutputStream();
        out.write((told + "\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private String run(long now) throws TufException, IOException {
        String command = words.get(0);
        if (command.equals("init")) {
            new Store(new File(metadata)).write("root.json", Files.readAllBytes(Paths.get(words.get(1))));
            return "the root is trusted";
        }
        Updater updater = new Updater(new HttpSource(metadataAddress), new Store(new File(metadata)), now, pace);
        updater.refresh();
        if (command.equals("download")) {
            for (String name : names) {
                FileInfo info = updater.find(name);
                updater.download(name, info, new HttpSource(targetsAddress), new Store(new File(targets)));
            }
        }
        return command;
    }
}
